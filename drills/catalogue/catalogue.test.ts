import { describe, expect, it, test } from "vitest";
import { Refusal } from "../../config/refusal";
import { wholeStack } from "../../test/drills/whole-stack";
import type { Command } from "../stack/command";
import { checkDrill } from "../stack/guard";
import type { StackState } from "../stack/state";
import { DRILLS, drillNamed } from "./catalogue";
import { during } from "./during";

const words = (command: Command): string => [command.program, ...command.args].join(" ");
const faultOf = (name: string, state: StackState = wholeStack()): string[] =>
  drillNamed(name).plan(state).fault.map(words);
const healOf = (name: string): string[] => drillNamed(name).plan(wholeStack()).heal.map(words);

describe("the catalogue", () => {
  it.each([
    "postgres-switchover",
    "postgres-primary-deleted",
    "postgres-postmaster-killed",
    "postgres-node-killed",
    "postgres-node-frozen",
    "postgres-partitioned",
    "postgres-cut-from-api",
    "postgres-primary-unreachable",
    "postgres-unreachable-then-lost",
    "postgres-required-from-start",
    "postgres-two-lost",
    "patroni-frozen",
    "sync-endpoints-deleted",
    "postgres-all-killed",
    "kubernetes-api-away",
    "wal-volume-full",
    "cluster-restarted",
    "redis-primary-deleted",
    "redis-node-killed",
    "redis-memory",
    "web-cut-from-postgres",
    "web-cut-from-redis",
    "web-cut-from-dns",
    "web-all-deleted",
  ])("has %s", (name) => expect(drillNamed(name).name).toBe(name));

  it("offers the nearest name for one it does not have", () => {
    expect(() => drillNamed("postgres-node-kiled")).toThrow(Refusal);
    expect(() => drillNamed("postgres-node-kiled")).toThrow("did you mean postgres-node-killed?");
  });

  it("names each drill once", () => {
    expect(new Set(DRILLS.map((drill) => drill.name)).size).toBe(DRILLS.length);
  });
});

describe.each(DRILLS.map((drill) => [drill.name, drill] as const))("%s", (_, drill) => {
  const state = wholeStack();
  const plan = drill.plan(state);

  it("does something, to pods and nodes that there are", () => {
    expect(plan.fault.length > 0 || drill.surgePerSecond !== undefined).toBe(true);
    const pods = state.pods.map((pod) => pod.name);
    const nodes = state.nodes.map((node) => node.name);
    expect(plan.pods.filter((pod) => !pods.includes(pod))).toEqual([]);
    expect(plan.nodes.filter((node) => !nodes.includes(node))).toEqual([]);
  });

  it("says so where it acts on the nodes' containers, and undoes what it does to them", () => {
    const onNodes = [...plan.fault, ...(plan.prepare ?? [])].filter((command) => command.program === "docker");
    expect(drill.needsNodeContainers).toBe(onNodes.length > 0);
    const lasting = onNodes.filter((command) => !words(command).endsWith(" KILL"));
    if (lasting.length > 0) expect(plan.heal.length).toBeGreaterThan(0);
  });

  it("has a second writer's address exactly where it has a second writer", () => {
    expect(plan.direct !== undefined).toBe(drill.also?.includes("direct") ?? false);
  });

  it("changes nothing by being planned", () => {
    drill.plan(state);
    expect(state).toEqual(wholeStack());
  });

  it("never names a context: the runner adds the one that was checked", () => {
    for (const command of [...plan.fault, ...plan.heal]) expect(words(command)).not.toContain("--context");
  });
});

describe("faults at the database", () => {
  it("hit the primary, wherever it is", () => {
    expect(faultOf("postgres-primary-deleted")).toEqual(["kubectl -n online-shop delete pod postgres-1 --wait=false"]);
    expect(faultOf("postgres-node-killed")).toEqual(["docker kill h-worker2"]);
    expect(healOf("postgres-node-killed")).toEqual(["docker start h-worker2"]);
    expect(faultOf("postgres-node-frozen")).toEqual(["docker pause h-worker2"]);
    expect(faultOf("postgres-switchover")[0]).toMatch(/exec postgres-1 -c agent .*switchover$/);
  });

  it("tell all poolers to stop in one word", () => {
    const pods = "postgres-pooler-0 postgres-pooler-1 postgres-pooler-ro-0 postgres-pooler-ro-1";
    expect(faultOf("poolers-deleted")).toEqual([`kubectl -n online-shop delete pod ${pods} --wait=false`]);
  });

  it("find a pod's processes by its uid, however systemd writes it", () => {
    const pattern = "pod11111111[-_]2222[-_]3333[-_]4444[-_]000000000011";
    expect(faultOf("patroni-frozen")[0]).toContain(pattern);
    expect(faultOf("patroni-frozen")[0]).toMatch(/ STOP$/);
    expect(healOf("patroni-frozen")[0]).toMatch(/ CONT$/);
  });

  it("cut the primary off from the API and nothing else", () => {
    const [command] = faultOf("postgres-cut-from-api");
    expect(command!.match(/-A .*/g)).toEqual([
      "-A HOLDFAST-OUT -s 10.244.0.11 -d 172.18.0.2 -p tcp --dport 6443 -j DROP",
    ]);
  });

  it("cut one port of the primary off in both directions, as packets leave its node", () => {
    const [command, ...others] = faultOf("postgres-primary-unreachable");
    expect(command!.match(/-A .*/g)).toEqual([
      "-A HOLDFAST-OUT -d 10.244.0.11 -p tcp --dport 5432 -j DROP",
      "-A HOLDFAST-OUT -s 10.244.0.11 -p tcp --sport 5432 -j DROP",
    ]);
    expect(others).toEqual([]);
  });

  it("lose the node while it still is cut off, and undo both in an order that works", () => {
    const drill = drillNamed("postgres-unreachable-then-lost");
    const { fault } = drill.plan(wholeStack());
    expect(fault.map((command) => command.args[0])).toEqual(["exec", "kill"]);
    expect(fault[0]!.thenWaitSeconds).toBeGreaterThan(60);
    // Counted from the beginning of the fault: some time is left without the node.
    expect(drill.hold.atLeast).toBeGreaterThan(fault[0]!.thenWaitSeconds!);
    const [first, second] = healOf("postgres-unreachable-then-lost");
    expect(first).toBe("docker start h-worker2");
    expect(second).toContain("iptables -w -t mangle -X HOLDFAST-OUT");
  });

  it("cut a node off in both directions, with the load pod on its side", () => {
    const plan = drillNamed("postgres-partitioned").plan(wholeStack());
    expect(words(plan.fault[0]!).match(/-A .*/g)).toEqual([
      "-A HOLDFAST-IN -i eth0 -j DROP",
      "-A HOLDFAST-OUT -o eth0 -j DROP",
    ]);
    expect(plan.clientNode).toBe("h-worker2");
    expect(plan.direct).toEqual({ host: "10.244.0.11", port: 5432 });
  });

  it("take a standby's node, then the primary's, and have a person choose who is left", () => {
    const { fault, pods, nodes } = drillNamed("postgres-two-lost").plan(wholeStack());
    expect(
      fault.map((command) => [words(command).replace(/python3.*rescue/, "rescue"), command.thenWaitSeconds]),
    ).toEqual([
      ["docker kill h-worker", 2],
      ["docker kill h-worker2", 15],
      ["kubectl -n online-shop exec postgres-2 -c agent -- rescue drill", undefined],
    ]);
    expect(healOf("postgres-two-lost")).toEqual(["docker start h-worker", "docker start h-worker2"]);
    expect([pods, nodes]).toEqual([
      ["postgres-0", "postgres-1"],
      ["h-worker", "h-worker2"],
    ]);
  });

  it("leave a primary alone as one that was just made, and take it at the first acknowledged writes", () => {
    const { fault, heal } = drillNamed("postgres-required-from-start").plan(wholeStack());
    const nodes = "h-control-plane h-worker h-worker2 h-worker3";
    const short = (command: Command): string => words(command).replace(/-[ic] .*/s, "…");
    expect(fault.map((command) => [short(command), command.alone ?? false])).toEqual([
      [`kubectl cordon ${nodes}`, false],
      ["kubectl -n online-shop delete pod postgres-0 postgres-2 --timeout=120s", false],
      ["docker exec h-worker2 sh …", true],
      [
        "kubectl -n online-shop annotate endpoints postgres-sync leader=postgres-1 quorum=0 sync_standby- --overwrite",
        true,
      ],
      ["docker exec h-worker2 sh …", true],
      ["kubectl -n online-shop wait --for=condition=Ready pod/postgres-1 --timeout=120s", true],
      ["kubectl -n online-shop exec …", true],
      ["kubectl -n online-shop exec …", true],
      [`kubectl uncordon ${nodes}`, false],
      ["kubectl -n online-shop exec …", false],
      ["kubectl -n online-shop exec postgres-1 …", false],
      ["docker kill h-worker2", false],
    ]);
    expect(
      fault.filter(({ alone }) => alone).reduce((sum, { thenWaitSeconds = 0 }) => sum + thenWaitSeconds, 0),
    ).toBeGreaterThan(20);
    expect(heal.map(short)).toEqual([
      "docker start h-worker2",
      "docker exec h-worker2 sh …",
      `kubectl uncordon ${nodes}`,
    ]);
    expect(heal[1]!.fineIf).toBeDefined();
  });

  it("never take the control plane's node for the second one that is lost", () => {
    const moved = (pod: { name: string; node: string }) => (pod.name === "postgres-0" ? "h-control-plane" : pod.node);
    const pods = wholeStack().pods.map((pod) => ({ ...pod, node: moved(pod) }));
    expect(drillNamed("postgres-two-lost").plan(wholeStack({ pods })).nodes).toEqual(["h-worker3", "h-worker2"]);
  });

  it("strike all members at the same moment", () => {
    const { fault } = drillNamed("postgres-all-killed").plan(wholeStack());
    expect(fault.map((command) => command.args[1])).toEqual(["h-worker", "h-worker2", "h-worker3"]);
    expect(fault.slice(1).every((command) => command.together)).toBe(true);
  });

  it("start the control plane last", () => {
    expect(healOf("cluster-restarted").at(-1)).toBe("docker start h-control-plane");
  });
});

describe("faults at the web tier and the cache", () => {
  it.each([
    ["web-cut-from-postgres", ["-p tcp --dport 5432", "-p tcp --dport 6432"]],
    ["web-cut-from-redis", ["-p tcp --dport 6379", "-p tcp --dport 26379"]],
    ["web-cut-from-dns", ["-p tcp --dport 53", "-p udp --dport 53"]],
  ])("%s cuts one pod off, and nobody else on its node", (name, ports) => {
    const [command] = faultOf(name);
    expect(command!.match(/-A .*/g)).toEqual(ports.map((port) => `-A HOLDFAST-OUT -s 10.244.0.40 ${port} -j DROP`));
    expect(command).toMatch(/^docker exec h-worker sh /);
    expect(healOf(name)[0]).toContain("iptables -w -t mangle -X HOLDFAST-OUT");
  });

  it("refuse to cut the only pod off", () => {
    const pods = wholeStack().pods.filter(({ name }) => name !== "web-app-b");
    expect(() => checkDrill(drillNamed("web-cut-from-redis"), wholeStack({ pods }))).toThrow(/two web pods/);
  });

  it("delete every web pod in one word", () => {
    expect(faultOf("web-all-deleted")).toEqual(["kubectl -n online-shop delete pod web-app-a web-app-b --wait=false"]);
  });

  it("fill the cache at its primary while a replica, and never the primary, begins anew", () => {
    const { prepare, fault } = drillNamed("redis-memory").plan(wholeStack());
    expect(words(prepare![0]!)).toMatch(/exec redis-2 -c redis .*drill 5000$/s);
    expect(words(fault[0]!)).toMatch(/exec redis-2 -c redis .*drill 40000$/s);
    expect(words(fault[1]!)).toMatch(/exec redis-0 -c redis .*MULTI.*REPLICAOF NO ONE/s);
    expect(fault.map(({ together }) => together ?? false)).toEqual([false, true]);
  });
});

test("a command of the user's is run by the shell as it was typed, and nobody may notice it", () => {
  const drill = during("npm run up && echo 'done'");
  const { fault, heal, pods, nodes } = drill.plan(wholeStack());
  expect(fault.map(words)).toEqual(["sh -c npm run up && echo 'done'"]);
  expect([heal, pods, nodes]).toEqual([[], [], []]);
  expect(drill.expect).toMatchObject({ failedWrites: 0, failedReads: 0 });
});

describe("guards", () => {
  it("refuse a drill on nodes that are no containers, where it needs them", () => {
    const state = wholeStack({ nodes: wholeStack().nodes.map(({ container: _, ...node }) => node) });
    expect(() => checkDrill(drillNamed("postgres-node-killed"), state)).toThrow(/run it on a kind cluster/);
    expect(() => checkDrill(drillNamed("postgres-primary-deleted"), state)).not.toThrow();
  });

  it("refuse to take the control plane for a worker", () => {
    const pods = wholeStack().pods.map((pod) =>
      pod.name === "postgres-1" ? { ...pod, node: "h-control-plane" } : pod,
    );
    expect(() => checkDrill(drillNamed("postgres-node-killed"), wholeStack({ pods }))).toThrow(
      /runs on the control plane/,
    );
  });

  it("refuse to lose two nodes where members share one", () => {
    const pods = wholeStack().pods.map((pod) => (pod.name === "postgres-2" ? { ...pod, node: "h-worker" } : pod));
    expect(() => checkDrill(drillNamed("postgres-two-lost"), wholeStack({ pods }))).toThrow(/share a node/);
  });

  it("refuse to open a node that a person has closed", () => {
    const nodes = wholeStack().nodes.map((node) => ({ ...node, cordoned: node.name === "h-worker3" }));
    expect(() => checkDrill(drillNamed("postgres-required-from-start"), wholeStack({ nodes }))).toThrow(
      /h-worker3 takes no new pods/,
    );
  });

  it("refuse a failover drill without anybody to fail over to", () => {
    const pods = wholeStack().pods.filter((pod) => !["postgres-0", "postgres-2"].includes(pod.name));
    expect(() => checkDrill(drillNamed("postgres-primary-deleted"), wholeStack({ pods }))).toThrow(/three replicas/);
  });
});

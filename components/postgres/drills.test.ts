import { describe, expect, it } from "vitest";
import type { Command } from "../../drills/stack/command";
import { checkDrill } from "../../drills/stack/guard";
import { planned, words } from "../../test/drills/planned";
import { wholeStack } from "../../test/drills/whole-stack";
import { POSTGRES_DRILLS } from "./drills";

const { named, planOf, faultOf, healOf } = planned(POSTGRES_DRILLS);

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
    const drill = named("postgres-unreachable-then-lost");
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
    const plan = planOf("postgres-partitioned");
    expect(words(plan.fault[0]!).match(/-A .*/g)).toEqual([
      "-A HOLDFAST-IN -i eth0 -j DROP",
      "-A HOLDFAST-OUT -o eth0 -j DROP",
    ]);
    expect(plan.clientNode).toBe("h-worker2");
    expect(plan.direct).toEqual({ host: "10.244.0.11", port: 5432 });
  });

  it("take a standby's node, then the primary's, and have a person choose who is left", () => {
    const { fault, pods, nodes } = planOf("postgres-two-lost");
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
    const { fault, heal } = planOf("postgres-required-from-start");
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
    expect(planOf("postgres-two-lost", { pods }).nodes).toEqual(["h-worker3", "h-worker2"]);
  });

  it("strike all members at the same moment", () => {
    const { fault } = planOf("postgres-all-killed");
    expect(fault.map((command) => command.args[1])).toEqual(["h-worker", "h-worker2", "h-worker3"]);
    expect(fault.slice(1).every((command) => command.together)).toBe(true);
  });

  it("start the control plane last", () => {
    expect(healOf("cluster-restarted").at(-1)).toBe("docker start h-control-plane");
  });
});

describe("guards", () => {
  it("refuse to take the control plane for a worker", () => {
    const pods = wholeStack().pods.map((pod) =>
      pod.name === "postgres-1" ? { ...pod, node: "h-control-plane" } : pod,
    );
    expect(() => checkDrill(named("postgres-node-killed"), wholeStack({ pods }))).toThrow(/runs on the control plane/);
  });

  it("refuse to lose two nodes where members share one", () => {
    const pods = wholeStack().pods.map((pod) => (pod.name === "postgres-2" ? { ...pod, node: "h-worker" } : pod));
    expect(() => checkDrill(named("postgres-two-lost"), wholeStack({ pods }))).toThrow(/share a node/);
  });

  it("refuse to open a node that a person has closed", () => {
    const nodes = wholeStack().nodes.map((node) => ({ ...node, cordoned: node.name === "h-worker3" }));
    expect(() => checkDrill(named("postgres-required-from-start"), wholeStack({ nodes }))).toThrow(
      /h-worker3 takes no new pods/,
    );
  });

  it("refuse a failover drill without anybody to fail over to", () => {
    const pods = wholeStack().pods.filter((pod) => !["postgres-0", "postgres-2"].includes(pod.name));
    expect(() => checkDrill(named("postgres-primary-deleted"), wholeStack({ pods }))).toThrow(/three replicas/);
  });
});

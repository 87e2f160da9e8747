import type { V1Node } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { Refusal } from "../../config/refusal";
import { commandLine } from "./execute";
import { wholeStack } from "./fixture";
import { checkContext, checkNodes, checkWhole } from "./guard";
import { postgresState, redisState } from "./parse-stack";
import { whatIsMissing } from "./whole";

const WANTED = { postgresMembers: 3 };
const kindNode: V1Node = {
  metadata: { name: "h-worker", labels: {} },
  spec: { providerID: "kind://docker/holdfast/h-worker" },
  status: { addresses: [{ type: "InternalIP", address: "172.18.0.3" }], conditions: [{ type: "Ready", status: "True" }] },
};

describe("whatIsMissing", () => {
  const missing = (change: Parameters<typeof wholeStack>[0]): string[] => whatIsMissing(wholeStack(change), WANTED);
  const { nodes, pods, postgres, redis } = wholeStack();

  it("is nothing in a whole stack", () => expect(missing({})).toEqual([]));

  it("names a node and a pod", () => {
    expect(missing({ nodes: nodes.map((node, i) => ({ ...node, ready: i !== 3 })) })).toEqual(["node h-worker3 is not Ready"]);
    expect(missing({ pods: pods.map((pod, i) => ({ ...pod, ready: i !== 0 })) })).toEqual(["pod postgres-0 is not ready"]);
  });

  it("names a database without leader, member, quorum or common timeline", () => {
    const members = (change: (member: (typeof postgres.members)[number]) => object): typeof postgres =>
      ({ ...postgres, members: postgres.members.map((member) => ({ ...member, ...change(member) })) });
    expect(missing({ postgres: { leader: undefined, members: [] } })).toEqual(["Postgres has no leader"]);
    expect(missing({ postgres: members((member) => (member.name === "postgres-0" ? { state: "starting" } : {})) }))
      .toEqual(["2 of 3 Postgres members are running or streaming"]);
    expect(missing({ postgres: members((member) => (member.name === "postgres-0" ? { timeline: 3 } : {})) }))
      .toEqual(["postgres-0 is on timeline 3, the leader on 4"]);
    expect(missing({ postgres: members((member) => (member.role === "leader" ? {} : { role: "replica" })) }))
      .toEqual(["no Postgres member is a synchronous standby"]);
  });

  it("names Sentinels that cannot fail over", () => {
    expect(missing({ redis: { ...redis, quorum: "NOQUORUM 1 usable Sentinels" } })).toEqual(["the Sentinels cannot fail over: NOQUORUM 1 usable Sentinels"]);
  });

  it("refuses a drill in one sentence that names the fix", () => {
    const wounded = wholeStack({ redis: { primary: undefined, quorum: "OK" } });
    expect(() => checkWhole(wounded, { what: "shop" })).toThrow(Refusal);
    expect(() => checkWhole(wounded, { what: "shop" })).toThrow(/not whole \(the Sentinels name no Redis primary\).*npm run up/);
    expect(() => checkWhole(wholeStack(), { what: "shop" })).not.toThrow();
  });
});

describe("foreign clusters", () => {
  it.each(["production", "gke_x_y_z", "docker-desktop", "my-kind-cluster"])("are refused by the context's name: %s", (context) => {
    expect(() => checkContext(context, false)).toThrow(/--i-know/);
    expect(() => checkContext(context, true)).not.toThrow();
  });

  it.each(["kind-holdfast", "kind-kind", "minikube"])("are not what is called %s", (context) => {
    expect(() => checkContext(context, false)).not.toThrow();
  });

  it("are refused by their nodes, whatever the context is called", () => {
    const cloud: V1Node = { metadata: { name: "ip-10-0-0-1" }, spec: { providerID: "aws:///eu/i-1" } };
    expect(() => checkNodes("kind-trick", [kindNode, cloud], false)).toThrow(/ip-10-0-0-1.*--i-know/);
    expect(() => checkNodes("kind-trick", [kindNode, cloud], true)).not.toThrow();
    expect(() => checkNodes("kind-holdfast", [kindNode], false)).not.toThrow();
    const minikube: V1Node = { metadata: { name: "minikube", labels: { "minikube.k8s.io/name": "minikube" } } };
    expect(() => checkNodes("minikube", [minikube], false)).not.toThrow();
  });
});

describe("reading", () => {
  it("Patroni's and the Sentinels' answers", () => {
    expect(postgresState('{"members":[{"name":"postgres-1","role":"leader","state":"running","timeline":2}],"scope":"postgres"}').leader).toBe("postgres-1");
    expect(postgresState('{"members":[{"name":"postgres-1","role":"replica","state":"streaming"}]}').leader).toBeUndefined();
    const services = [{ spec: { clusterIP: "10.96.0.7", selector: { "statefulset.kubernetes.io/pod-name": "redis-2" } } }];
    expect(redisState("10.96.0.7\n6379\nOK 3 usable Sentinels\n", services)).toEqual({ primary: "redis-2", quorum: "OK 3 usable Sentinels" });
    expect(redisState("10.96.0.8\n6379\nNOQUORUM\n", services)).toEqual({ primary: undefined, quorum: "NOQUORUM" });
  });
});

describe("a command line", () => {
  it("names the context and can be pasted into a shell", () => {
    const cluster = { context: "kind-holdfast", namespace: "online-shop" };
    expect(commandLine(cluster, { program: "kubectl", args: ["get", "pods"] })).toBe("kubectl --context kind-holdfast get pods");
    expect(commandLine(cluster, { program: "docker", args: ["exec", "n", "sh", "-c", "echo 'a b'"] })).toBe(`docker exec n sh -c 'echo '\\''a b'\\'''`);
  });
});

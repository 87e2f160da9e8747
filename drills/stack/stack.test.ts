import type { V1ContainerStatus, V1Node, V1Pod } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { wholeStack } from "../../test/drills/whole-stack";
import { Refusal } from "../refusal";
import { commandLine } from "./execute";
import { checkContext, checkNodes, checkWhole } from "./guard";
import { nodeStarts, nodeState, podState, postgresState, redisState } from "./parse-state";
import { whatIsMissing } from "./whole";

const WANTED = { postgresMembers: 3 };
const pod: V1Pod = {
  metadata: { name: "postgres-0", uid: "u", labels: { "app.kubernetes.io/name": "postgres" } },
  spec: { nodeName: "h-worker", containers: [] },
  status: { phase: "Running", podIP: "10.0.0.1", conditions: [{ type: "Ready", status: "True" }] },
};
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
  it("a node, and whether it is a container", () => {
    expect(nodeState(kindNode)).toEqual({
      name: "h-worker", address: "172.18.0.3", controlPlane: false, ready: true, cordoned: false, container: "h-worker",
    });
    expect(nodeState({ ...kindNode, spec: { ...kindNode.spec, unschedulable: true } }).cordoned).toBe(true);
    expect(nodeState({ metadata: { name: "x" }, spec: { providerID: "gce://x" } })).not.toHaveProperty("container");
  });

  it("a pod: one that is on its way out is not ready, one that has finished is none", () => {
    expect(podState(pod)).toEqual({ name: "postgres-0", uid: "u", node: "h-worker", address: "10.0.0.1", workload: "postgres", ready: true });
    expect(podState({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: new Date() } })?.ready).toBe(false);
    expect(podState({ ...pod, status: { phase: "Succeeded" } })).toBeUndefined();
  });

  it("a pod: not ready in the words of a kubelet that has not spoken since its node was started", () => {
    const running = (startedAt: string): V1Pod =>
      ({ ...pod, status: { ...pod.status, containerStatuses: [{ state: { running: { startedAt } } }] as unknown as V1ContainerStatus[] } });
    const starts = nodeStarts("/h-control-plane 2026-11-28T03:00:00.1Z\n/h-worker 2026-11-28T04:00:00.123456789Z\n");
    expect(starts.size).toBe(2);
    expect(podState(running("2026-11-28T03:59:00Z"), starts)?.ready).toBe(false);
    expect(podState(running("2026-11-28T04:00:05Z"), starts)?.ready).toBe(true);
    expect(podState(running("2026-11-28T03:59:00Z"))?.ready).toBe(true);
    expect(nodeStarts("").size).toBe(0);
  });

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

import type { V1ContainerStatus, V1Node, V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { isReady, nodeStarts, nodeState, podState } from "./parse-state";

const pod: V1Pod = {
  metadata: { name: "postgres-0", uid: "u", labels: { "app.kubernetes.io/name": "postgres" } },
  spec: { nodeName: "h-worker", containers: [] },
  status: { phase: "Running", podIP: "10.0.0.1", conditions: [{ type: "Ready", status: "True" }] },
};
const kindNode: V1Node = {
  metadata: { name: "h-worker", labels: {} },
  spec: { providerID: "kind://docker/holdfast/h-worker" },
  status: {
    addresses: [{ type: "InternalIP", address: "172.18.0.3" }],
    conditions: [{ type: "Ready", status: "True" }],
  },
};

test("a node, and whether it is a container", () => {
  expect(nodeState(kindNode)).toEqual({
    name: "h-worker",
    address: "172.18.0.3",
    controlPlane: false,
    ready: true,
    cordoned: false,
    container: "h-worker",
  });
  expect(nodeState({ ...kindNode, spec: { ...kindNode.spec, unschedulable: true } }).cordoned).toBe(true);
  expect(nodeState({ metadata: { name: "x" }, spec: { providerID: "gce://x" } })).not.toHaveProperty("container");
});

test("a pod: one that is on its way out is not ready, one that has finished is none", () => {
  expect(podState(pod)).toEqual({
    name: "postgres-0",
    uid: "u",
    node: "h-worker",
    address: "10.0.0.1",
    workload: "postgres",
    ready: true,
  });
  expect(podState({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: new Date() } })?.ready).toBe(false);
  expect(podState({ ...pod, status: { phase: "Succeeded" } })).toBeUndefined();
});

test("a pod: not ready in the words of a kubelet that has not spoken since its node was started", () => {
  const running = (startedAt: string): V1Pod => ({
    ...pod,
    status: {
      ...pod.status,
      containerStatuses: [{ state: { running: { startedAt } } } as unknown as V1ContainerStatus],
    },
  });
  const starts = nodeStarts("/h-control-plane 2026-11-28T03:00:00.1Z\n/h-worker 2026-11-28T04:00:00.123456789Z\n");
  expect(starts.size).toBe(2);
  expect(podState(running("2026-11-28T03:59:00Z"), starts)?.ready).toBe(false);
  expect(podState(running("2026-11-28T04:00:05Z"), starts)?.ready).toBe(true);
  expect(podState(running("2026-11-28T03:59:00Z"))?.ready).toBe(true);
  expect(nodeStarts("").size).toBe(0);
});

const says = (...conditions: [string, string][]): V1Pod => ({
  status: { conditions: conditions.map(([type, status]) => ({ type, status })) },
});
test.each<[string, V1Pod, boolean]>([
  ["Kubernetes says so", says(["Ready", "True"]), true],
  ["Kubernetes says no", says(["Ready", "False"]), false],
  ["Kubernetes has not heard of its node", says(["Ready", "Unknown"]), false],
  ["another condition is met", says(["Initialized", "True"]), false],
  ["nothing is said", {}, false],
  ["it is on its way out", { ...says(["Ready", "True"]), metadata: { deletionTimestamp: new Date(0) } }, false],
])("where %s", (_, object, ready) => expect(isReady(object)).toBe(ready));

import { describe, expect, test } from "vitest";
import { capacity, graphDemand, place, podRequests, shortage, type Demand } from "./capacity";

const GIB = 2 ** 30;
const container = (cpu: string, memory: string, more = {}) => ({ resources: { requests: { cpu, memory } }, ...more });
const workload = (type: string, name: string, spec: object, cpu = "500m") => ({
  type: `kubernetes:apps/v1:${type}`,
  props: { metadata: { name }, spec: { ...spec, template: { spec: { containers: [container(cpu, "256Mi")] } } } },
});
const pods = (name: string, count: number, cpu: number, more: Partial<Demand> = {}): Demand => ({
  workload: name, pods: count, most: count, perNode: false, onePerNode: false, cpu, memory: GIB / 4, ...more,
});

describe("what a pod reserves", () => {
  test("its containers and sidecars together", () => {
    const spec = { containers: [container("200m", "256Mi"), container("50m", "64Mi")], initContainers: [container("50m", "64Mi", { restartPolicy: "Always" })] };
    expect(podRequests(spec)).toEqual({ cpu: expect.closeTo(0.3, 9), memory: 384 * 2 ** 20 });
  });

  test("an init container that wants more than all of them", () => {
    expect(podRequests({ containers: [container("100m", "64Mi")], initContainers: [container("1", "32Mi")] })).toEqual({ cpu: 1, memory: 64 * 2 ** 20 });
  });
});

test("a Deployment is counted with its autoscaler's bounds and a surge pod", () => {
  const graph = [
    workload("Deployment", "web", {}),
    { type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", props: { metadata: { name: "web" }, spec: { scaleTargetRef: { name: "web" }, minReplicas: 3, maxReplicas: 8 } } },
  ];
  expect(graphDemand(graph)).toMatchObject([{ workload: "web", pods: 4, most: 9 }]);
});

describe("placing", () => {
  const node = { cpu: 2, memory: 8 * GIB };

  test("a sum below the offer is not enough: three pods of 1.1 cores need three nodes", () => {
    expect(place([pods("big", 3, 1.1)], 2, node, false).unplaced).toEqual(["big"]);
    expect(place([pods("big", 3, 1.1)], 3, node, false).unplaced).toEqual([]);
  });

  test("daemons take their share of every node", () => {
    expect(place([pods("agent", 1, 0.5, { perNode: true }), pods("big", 1, 1.6)], 3, node, false).unplaced).toEqual(["big"]);
  });

  test("memory counts too", () => {
    expect(place([pods("cache", 1, 0.1, { memory: 9 * GIB })], 3, node, false).unplaced).toEqual(["cache"]);
  });

  test("a member that may not share a node waits for its own and is not missed", () => {
    expect(place([pods("database", 3, 0.2, { onePerNode: true })], 2, node, false).unplaced).toEqual([]);
  });
});

test("the sentence says what is offered, what is needed and what has no place", () => {
  const { oneNodeLost } = capacity([workload("StatefulSet", "database", { replicas: 3 }, "1500m")], { nodes: 3, nodeCpu: "2", nodeMemory: "8Gi" }, []);
  expect(shortage(oneNodeLost)).toBe("2 nodes offer 4.0 CPU and 16.0 GiB, the stack reserves 4.5 CPU and 0.8 GiB: no room for database.");
});

import { describe, expect, test } from "vitest";
import type { Demand } from "./demand";
import { capacity, place, shortage } from "./placement";

const GIB = 2 ** 30;
const pods = (name: string, count: number, cpu: number, more: Partial<Demand> = {}): Demand => ({
  workload: name,
  pods: count,
  most: count,
  perNode: false,
  onePerNode: false,
  cpu,
  memory: GIB / 4,
  ...more,
});

describe("placing", () => {
  const node = { cpu: 2, memory: 8 * GIB };

  test("a sum below the offer is not enough: three pods of 1.1 cores need three nodes", () => {
    expect(place([pods("big", 3, 1.1)], 2, node, false).unplaced).toEqual(["big"]);
    expect(place([pods("big", 3, 1.1)], 3, node, false).unplaced).toEqual([]);
  });

  test("daemons take their share of every node", () => {
    expect(place([pods("agent", 1, 0.5, { perNode: true }), pods("big", 1, 1.6)], 3, node, false).unplaced).toEqual([
      "big",
    ]);
  });

  test("memory counts too", () => {
    expect(place([pods("cache", 1, 0.1, { memory: 9 * GIB })], 3, node, false).unplaced).toEqual(["cache"]);
  });

  test("a member that may not share a node waits for its own and is not missed", () => {
    expect(place([pods("database", 3, 0.2, { onePerNode: true })], 2, node, false).unplaced).toEqual([]);
  });
});

test("the sentence says what is offered, what is needed and what has no place", () => {
  const pod = { containers: [{ resources: { requests: { cpu: "1500m", memory: "256Mi" } } }] };
  const database = {
    type: "kubernetes:apps/v1:StatefulSet",
    props: { metadata: { name: "database" }, spec: { replicas: 3, template: { spec: pod } } },
  };
  const { oneNodeLost } = capacity([database], { nodes: 3, nodeCpu: "2", nodeMemory: "8Gi" }, []);
  expect(shortage(oneNodeLost)).toBe(
    "2 nodes offer 4.0 CPU and 16.0 GiB, the stack reserves 4.5 CPU and 0.8 GiB: no room for database.",
  );
});

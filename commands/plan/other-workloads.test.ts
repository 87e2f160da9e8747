import { expect, test } from "vitest";
import { quantity } from "../../graph/quantity";
import { graphDemand, SYSTEM_DEMAND } from "../../graph/demand";
import { OTHER_WORKLOADS, VOLUMES_GIB } from "../../planner/cost/nodes";
import { programGraph } from "../../stack-graph";

/** Space of the volumes of a graph, in bytes: claims, and a claim for each pod of a StatefulSet. */
function volumes(graph: Awaited<ReturnType<typeof programGraph>>): number {
  const size = (claim: any) => quantity(claim.spec.resources.requests.storage);
  const of = (suffix: string) => graph.filter(({ type }) => type.endsWith(suffix)).map(({ props }) => props as any);
  const sets = of(":StatefulSet").flatMap(({ spec }) =>
    (spec.volumeClaimTemplates ?? []).map((claim: any) => spec.replicas * size(claim)),
  );
  return [...sets, ...of(":PersistentVolumeClaim").map(size)].reduce((sum, bytes) => sum + bytes, 0);
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

test("the planner buys machines for what prod really declares beside the web tier", async () => {
  const graph = await programGraph("prod");
  const demands = [...graphDemand(graph), ...SYSTEM_DEMAND];
  const declared = demands
    .filter(({ workload, perNode }) => workload !== "web-app" && !perNode)
    .map(({ workload, pods, cpu, memory }) => ({
      name: workload,
      replicas: pods,
      cpu: rounded(cpu),
      memoryGiB: rounded(memory / 2 ** 30),
    }));
  const byName = (list: { name: string }[]) => new Map(list.map((workload) => [workload.name, workload]));
  expect(byName(OTHER_WORKLOADS)).toEqual(byName(declared));
  expect(VOLUMES_GIB).toBe(Math.round(volumes(graph) / 2 ** 30));
});

import { beforeAll, describe, expect, test } from "vitest";
import { ConfigError } from "../config/errors";
import { graphDemand } from "../graph/demand";
import { capacity, shortage } from "../graph/placement";
import type { RegisteredResource } from "../graph/registered";
import { evaluate } from "../policy/engine/evaluate";
import { RULES } from "../commands/policy/rules";
import { programGraph } from "../stack-graph";

/** What docs/clusters.md says to set for a cluster as `kind create cluster` makes it: one node, nothing added. */
const ONE_NODE = {
  nodes: 1,
  zones: 1,
  nodeCpu: "2",
  nodeMemory: "8Gi",
  cpuRequestPercent: 25,
  webAppImage: "holdfast/web-app:1",
  postgresImage: "holdfast/postgres:1",
};

/** Cores that kubeadm's own pods reserve on a single node: control plane, DNS, network. */
const SYSTEM_CPU = 1.1;

describe("the program on a cluster of one node, without zones, registry or metrics", () => {
  let graph: RegisteredResource[];
  beforeAll(async () => {
    graph = await programGraph("dev", ONE_NODE);
  });
  const podSpecs = () =>
    graph.flatMap(({ type, props }) =>
      type.startsWith("kubernetes:apps/")
        ? [{ name: props.metadata.name, pod: props.spec.template.spec, replicas: props.spec.replicas }]
        : [],
    );

  test("builds nothing, so that it needs neither Docker nor a registry", () => {
    expect(graph.filter(({ type }) => type.startsWith("docker:"))).toEqual([]);
  });

  test("keeps no replica from sharing the node", () => {
    expect(podSpecs().length).toBeGreaterThan(8);
    for (const { name, pod, replicas } of podSpecs()) {
      const strict = (pod.topologySpreadConstraints ?? []).filter(
        (constraint: { whenUnsatisfiable: string; topologyKey: string }) =>
          constraint.whenUnsatisfiable === "DoNotSchedule" && constraint.topologyKey !== "kubernetes.io/hostname",
      );
      expect(strict, name).toEqual([]);
      if ((replicas ?? 1) > 1)
        expect(pod.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [], name).toEqual([]);
    }
  });

  test("asks for no label that such a node has not", () => {
    const asked = podSpecs().flatMap(({ pod }) => Object.keys(pod.nodeSelector ?? {}));
    expect(asked).toEqual(["kubernetes.io/os"]);
  });

  test("fits beside the control plane on two cores, where the full requests would not", async () => {
    const room = { nodes: 1, nodeCpu: String(2 - SYSTEM_CPU), nodeMemory: "8Gi" };
    expect(shortage(capacity(graph, room, []).oneNodeLost)).toBeUndefined();
    expect(
      shortage(capacity(await programGraph("dev", { ...ONE_NODE, cpuRequestPercent: 100 }), room, []).oneNodeLost),
    ).toContain("no room for");
  });

  test("breaks no mandatory policy", () => {
    const config = {
      "spread-over-zones": { zones: 1 },
      "replicas-can-be-placed": { nodes: 1 },
      "peak-fits-quota": { nodes: 1 },
    };
    const broken = evaluate(RULES, graph, { environment: "dev", config }).filter(
      ({ level, outcome }) => level === "mandatory" && outcome === "violation",
    );
    expect(broken.map(({ rule, message }) => `${rule.id}: ${message}`)).toEqual([]);
  });
});

test("a percentage lowers what is reserved of CPU, and nothing else", async () => {
  const [whole, half] = [await programGraph("dev"), await programGraph("dev", { cpuRequestPercent: 50 })];
  const cpu = (graph: RegisteredResource[]) =>
    new Map(graphDemand(graph).map((demand) => [demand.workload, demand.cpu]));
  for (const [workload, lowered] of cpu(half))
    expect(lowered / cpu(whole).get(workload)!, workload).toBeCloseTo(0.5, 1);
  const withoutCpu = (graph: RegisteredResource[]) =>
    new Map(
      graph.map(({ urn, props }) => [
        urn,
        JSON.stringify(props, (key, value) => (key === "requests" ? { ...value, cpu: undefined } : value)),
      ]),
    );
  const [before, after] = [withoutCpu(whole), withoutCpu(half)];
  expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
  expect([...after].filter(([urn, props]) => props !== before.get(urn)).map(([urn]) => urn)).toEqual([]);
});

test("staging names its images by digest, whatever dev may do", async () => {
  await expect(programGraph("staging", { webAppImage: "web-app:1.2.3" })).rejects.toThrow(ConfigError);
});

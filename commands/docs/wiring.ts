import type { RegisteredResource } from "../../graph/registered";
import { kindOf, selects, workloads, type Workload } from "../../graph/workloads";

/** A connection that the network policies allow: the caller, and the workload that it may call. */
export interface Edge {
  from: Workload;
  to: Workload;
}

/** The parts of a program's graph that the architecture picture shows. */
export interface Wiring {
  /** Components at the top, with their workloads. */
  components: { name: string; className: string; workloads: Workload[] }[];
  edges: Edge[];
  /** Workloads that anyone may call. */
  entries: Workload[];
}

const labelsOf = (workload: Workload): Record<string, string> => workload.template.metadata.labels;

function found(all: Workload[], peer: any): Workload[] {
  const labels = peer.podSelector?.matchLabels as Record<string, string> | undefined;
  return labels ? all.filter((workload) => selects(labels, labelsOf(workload))) : [];
}

/** The outermost component that a resource belongs to. */
function topComponent(graph: RegisteredResource[], resource: RegisteredResource): RegisteredResource | undefined {
  const parent = graph.find(({ urn }) => urn === resource.parent);
  if (!parent?.type.startsWith("holdfast:")) return undefined;
  return topComponent(graph, parent) ?? parent;
}

/** Reads components, workloads and the edges between them out of a program's graph. */
export function wiringOf(graph: RegisteredResource[]): Wiring {
  const all = workloads(graph).sort((a, b) => (a.name < b.name ? -1 : 1));
  const policies = graph.filter((resource) => kindOf(resource) === "NetworkPolicy").map(({ props }) => props.spec);
  const edges = new Map<string, Edge>();
  const entries = new Set<Workload>();
  for (const policy of policies) {
    const selected = all.filter((workload) => selects(policy.podSelector.matchLabels, labelsOf(workload)));
    const called = (policy.egress ?? []).flatMap((rule: any) =>
      (rule.to ?? []).flatMap((peer: any) => found(all, peer)),
    );
    for (const from of selected)
      for (const to of called as Workload[]) if (from !== to) edges.set(`${from.name} ${to.name}`, { from, to });
    if ((policy.ingress ?? []).some((rule: any) => rule.from === undefined))
      for (const workload of selected) entries.add(workload);
  }
  const tops = graph
    .filter((resource) => resource.type.startsWith("holdfast:") && !topComponent(graph, resource))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const ownerOf = (workload: Workload) => {
    const resource = graph.find(({ props }) => props === workload.props);
    return resource && topComponent(graph, resource);
  };
  return {
    components: tops.map((top) => ({
      name: top.name,
      className: top.type.split(":").at(-1) ?? "",
      workloads: all.filter((workload) => ownerOf(workload) === top),
    })),
    // Sorted, because resources register in a different order in each run.
    edges: [...edges.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, edge]) => edge),
    entries: [...entries],
  };
}

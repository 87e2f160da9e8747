import { eachReplicated } from "../engine/checks";
import { numberSetting, type Rule, type Settings } from "../engine/rule";
import { replicasOf } from "../graph/replicas";
import { selects } from "../graph/selector";
import type { Workload } from "../graph/workload";

const NODE = "kubernetes.io/hostname";
const ZONE = "topology.kubernetes.io/zone";

/** Whether anything keeps a workload's pods apart over a topology, by constraints that select these very pods. */
function spreadsOver(workload: Workload, topology: string): boolean {
  const { topologySpreadConstraints = [], affinity } = workload.podSpec;
  const {
    requiredDuringSchedulingIgnoredDuringExecution: required = [],
    preferredDuringSchedulingIgnoredDuringExecution: preferred = [],
  } = affinity?.podAntiAffinity ?? {};
  return [...topologySpreadConstraints, ...required, ...preferred.map(({ podAffinityTerm }) => podAffinityTerm)].some(
    (constraint) => constraint?.topologyKey === topology && selects(constraint.labelSelector, workload.podLabels),
  );
}

/** Whether two pods may never share a node. */
function exclusive(workload: Workload): boolean {
  return (workload.podSpec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(
    ({ topologyKey, labelSelector }) => topologyKey === NODE && selects(labelSelector, workload.podLabels),
  );
}

/** Checks every workload that may have more than one pod. */
const several = (test: (workload: Workload, most: number, settings: Settings) => string | undefined): Rule["checks"] =>
  eachReplicated((workload, graph, settings) => {
    const { max } = replicasOf(workload, graph);
    return max > 1 ? test(workload, max, settings) : undefined;
  });

/** Where replicas run. */
export const spreadRules: Rule[] = [
  {
    id: "spread-over-nodes",
    title: "Replicas prefer different nodes",
    why: "Nothing keeps the scheduler from putting all of them onto one node, and its failure then takes all.",
    fix:
      "Add a topologySpreadConstraint (or anti-affinity) over kubernetes.io/hostname whose selector matches the " +
      "pods' own labels.",
    scope: "graph",
    checks: several((workload) => (spreadsOver(workload, NODE) ? undefined : "nothing spreads its pods over nodes")),
  },
  {
    id: "spread-over-zones",
    title: "Replicas are spread over the declared zones",
    why:
      "A cluster over several zones loses whole zones; replicas that all happen to be in one are lost together. " +
      "Applies where `zones` is 2 or more.",
    fix: "Add a topologySpreadConstraint over topology.kubernetes.io/zone whose selector matches the pods' own labels.",
    advisoryIn: ["dev"],
    scope: "graph",
    settings: {
      zones: {
        type: "integer",
        description: "Zones the cluster's nodes are in; the stack's own `zones` where its configuration has one.",
        default: 1,
      },
    },
    checks: several((workload, _most, settings) =>
      numberSetting(settings, "zones") < 2 || spreadsOver(workload, ZONE)
        ? undefined
        : "nothing spreads its pods over zones",
    ),
  },
  {
    id: "spread-counts-new-pods",
    title: "Rollouts spread the new pods by themselves",
    why:
      "Old pods count in the spread too, so new ones are placed around them and end up on one node once the old " +
      "are gone.",
    fix: "Set `matchLabelKeys: [pod-template-hash]` on the Deployment's topologySpreadConstraints.",
    prevents: ["https://github.com/kubernetes/kubernetes/issues/98215"],
    scope: "graph",
    checks: several((workload) => {
      if (workload.kind !== "Deployment") return undefined;
      const index = (workload.podSpec.topologySpreadConstraints ?? []).findIndex(
        ({ matchLabelKeys }) => !matchLabelKeys?.includes("pod-template-hash"),
      );
      return index < 0
        ? undefined
        : `${workload.podPath}.topologySpreadConstraints[${index}] counts pods of older versions too`;
    }),
  },
  {
    id: "replicas-can-be-placed",
    title: "There is a node for every replica that wants one of its own",
    why:
      "Pods that may not share a node wait for ever once they outnumber the nodes, and a rollout that needs one " +
      "more never ends. Applies where `nodes` is known.",
    fix: "Lower the maximum, add nodes, or spread by preference.",
    prevents: ["https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/"],
    scope: "graph",
    settings: {
      nodes: {
        type: "integer",
        description: "Nodes that take pods; the stack's own `nodes` where its configuration has one. 0 is unknown.",
        default: 0,
      },
    },
    checks: several((workload, most, settings) => {
      const nodes = numberSetting(settings, "nodes");
      return nodes > 0 && exclusive(workload) && most > nodes
        ? `wants ${most - nodes} more nodes than there are`
        : undefined;
    }),
  },
];

import type * as k8s from "@pulumi/kubernetes";
import type { Labels } from "./labels";

/**
 * Spreads a workload's pods over nodes and zones.
 *
 * @param labels the workload's selector labels
 * @param strict whether two pods may never share a node while another one has room; false (the default) for clusters
 *   with fewer nodes than replicas, where a pod that waits for ever is worse than two on a node
 */
export function spread(labels: Labels, strict = false): k8s.types.input.core.v1.TopologySpreadConstraint[] {
  const selector = { labelSelector: { matchLabels: labels }, maxSkew: 1 };
  return [
    {
      ...selector,
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: strict ? "DoNotSchedule" : "ScheduleAnyway",
    },
    // Never strict: with a zone lost, its share of the pods has to run in the others.
    { ...selector, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
  ];
}

/**
 * The same for a Deployment: one pod to a node before any node gets two, and evenly over zones where that is possible.
 * Old pods of a rollout and nodes that can't take a pod don't count, or new pods would be placed around them
 * (kubernetes/kubernetes#98215). Zones may be of unequal size, so their balance is wished for, not required.
 */
export function spreadAnew(labels: Labels): k8s.types.input.core.v1.TopologySpreadConstraint[] {
  const common = {
    maxSkew: 1,
    labelSelector: { matchLabels: labels },
    matchLabelKeys: ["pod-template-hash"],
    nodeTaintsPolicy: "Honor",
  };
  return [
    { ...common, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "DoNotSchedule" },
    { ...common, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
  ];
}

import type * as k8s from "@pulumi/kubernetes";

type Resources = k8s.types.input.core.v1.ResourceRequirements;

/**
 * Requests and limits of a container, with a bound on what it may leave on the node's own disk: logs (five files of 10
 * MiB at most, the kubelet's default) and what it writes to an `emptyDir`. Without one, a pod that runs wild fills the
 * node and the kubelet evicts its neighbours. What is given already is kept.
 *
 * @param resources CPU and memory
 * @param limit most it may write before it is evicted itself. @default "256Mi"
 */
export function withScratch(resources: Resources, limit = "256Mi"): Resources {
  return {
    ...resources,
    requests: { "ephemeral-storage": "16Mi", ...(resources.requests as object) },
    limits: { "ephemeral-storage": limit, ...(resources.limits as object) },
  };
}

import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { quantityCores } from "../../graph/quantity";

/**
 * Lowers every container's CPU request to a percentage of it. A request is a reservation: on one small machine the
 * whole stack runs well inside what it would never be allowed to reserve. Limits and memory stay, because memory is not
 * shared.
 */
export function reservesPercent(percent: number): pulumi.ResourceTransformation {
  const lowered = (resources?: pulumi.Unwrap<k8s.types.input.core.v1.ResourceRequirements>) => {
    const cpu = resources?.requests?.["cpu"];
    return cpu === undefined
      ? resources
      : {
          ...resources,
          requests: { ...resources?.requests, cpu: `${Math.max(1, Math.round(10 * percent * quantityCores(cpu)))}m` },
        };
  };
  // Only `resources` goes through an Output: a list that did would be unknown in a preview wherever one of its images
  // is.
  const lower = (containers: k8s.types.input.core.v1.Container[]) =>
    containers.map((container) => ({ ...container, resources: pulumi.output(container.resources).apply(lowered) }));
  return ({ props, opts }) => {
    const pod = props["spec"]?.template?.spec;
    if (percent === 100 || pod?.containers === undefined) return undefined;
    const spec = {
      ...pod,
      containers: lower(pod.containers),
      ...(pod.initContainers ? { initContainers: lower(pod.initContainers) } : {}),
    };
    return { props: { ...props, spec: { ...props["spec"], template: { ...props["spec"].template, spec } } }, opts };
  };
}

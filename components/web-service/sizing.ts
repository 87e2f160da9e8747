import type * as k8s from "@pulumi/kubernetes";
import { PLANNED_LOAD_ANNOTATION } from "../../config/addresses";
import { quantityCores } from "../../graph/quantity";
import type { Topology } from "../../planner/plan/load";
import { deployedWeb } from "../../planner/plan/sizes";
import type { Autoscaling, WebServiceArgs } from "./args";
import { DEFAULTS } from "./settings";

/** How many pods of what size, and for which load. */
export interface WebSize {
  scaling: number | Autoscaling;
  resources: k8s.types.input.core.v1.ResourceRequirements;
  /** Annotations of the autoscaler. @default none, without a load */
  annotations?: Record<string, string>;
}

const byDefault = DEFAULTS.WebServiceArgs;

/** What a plan depends on. */
type Sizing = Pick<WebServiceArgs, "load" | "slo" | "topology" | "replicas" | "resources">;

/**
 * Completes the size of a web service: what is stated stays as it is, what is left out follows from `load` and `slo`,
 * and without those from the component's defaults.
 *
 * @throws PlanError, a sentence naming the input, when no number of pods keeps the promise
 */
export function webSize({ load, slo, topology, replicas, resources }: Sizing): WebSize {
  if (!load || !slo) return { scaling: replicas ?? byDefault.replicas, resources: resources ?? byDefault.resources };
  const [requestCores, podCores] = [statedCores(resources?.requests), statedCores(resources?.limits)];
  const placed: Topology = {
    ...byDefault.topology,
    ...(requestCores && { requestCores }),
    ...(podCores && { podCores }),
    ...topology,
  };
  const { rate, peakRate, serviceTimeMs, cpuTimeMs, variability } = load;
  const annotations = {
    [PLANNED_LOAD_ANNOTATION]: JSON.stringify({
      rate,
      peakRate,
      serviceTimeMs,
      cpuTimeMs,
      variability,
      percentile: slo.percentile,
      latencyMs: slo.latencyMs,
      algorithm: placed.algorithm,
      balancers: placed.balancers,
    }),
  };
  if (replicas !== undefined && resources !== undefined) return { scaling: replicas, resources, annotations };
  const plan = deployedWeb(load, slo, placed);
  return {
    annotations,
    scaling: replicas ?? { min: plan.minReplicas, max: plan.maxReplicas, targetCpuPercent: plan.targetCpuUtilization },
    resources: resources ?? {
      requests: { ...byDefault.resources.requests, cpu: plan.requests.cpu },
      limits: { ...byDefault.resources.limits, cpu: plan.limits.cpu },
    },
  };
}

/** CPU that requests or limits state; what is known only later counts as not stated. */
function statedCores(amounts: unknown): number | undefined {
  const { cpu } = (amounts ?? {}) as { cpu?: unknown };
  return typeof cpu === "string" ? quantityCores(cpu) : undefined;
}

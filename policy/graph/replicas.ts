import type { Graph } from "./graph";
import { fullKind } from "./groups";
import type { KubeObject } from "./object";
import { selects } from "./selector";
import type { AutoscalerSpec, BudgetSpec } from "./types";
import type { Workload } from "./workload";

/** The autoscaler that owns a workload's number of pods, if one does. */
export function autoscalerOf(workload: Workload, graph: Graph): KubeObject | undefined {
  return graph.ofKind("HorizontalPodAutoscaler").find((autoscaler) => {
    const { scaleTargetRef: { apiVersion = "", kind = "", name } = {} } = autoscaler.spec<AutoscalerSpec>();
    return (
      autoscaler.namespace === workload.namespace &&
      fullKind(apiVersion, kind) === workload.kind &&
      name === workload.object.name
    );
  });
}

/** How many pods a replicated workload has at least and at most; the API's default is one. */
export function replicasOf(workload: Workload, graph: Graph): { min: number; max: number } {
  const autoscaler = autoscalerOf(workload, graph)?.spec<AutoscalerSpec>();
  if (autoscaler) return { min: autoscaler.minReplicas ?? 1, max: autoscaler.maxReplicas ?? 1 };
  const { replicas } = workload.object.spec<{ replicas?: unknown }>();
  const count = typeof replicas === "number" ? replicas : 1;
  return { min: count, max: count };
}

/** Disruption budgets that select a workload's pods. */
export function budgetsOf(workload: Workload, graph: Graph): KubeObject[] {
  return graph
    .ofKind("PodDisruptionBudget")
    .filter(
      (budget) =>
        budget.namespace === workload.namespace && selects(budget.spec<BudgetSpec>().selector, workload.podLabels),
    );
}

/**
 * An absolute number or a percentage of a number of pods.
 *
 * @param up whether a fraction of a pod counts as one, as the API does for budgets and surge
 */
export function share(value: number | string, of: number, up: boolean): number {
  if (typeof value === "number") return value;
  const exact = (Number.parseFloat(value) / 100) * of;
  return up ? Math.ceil(exact) : Math.floor(exact);
}

/** Pods that a budget lets go at once, of so many healthy ones. */
export function evictable(budget: KubeObject, healthy: number): number {
  const { minAvailable, maxUnavailable } = budget.spec<BudgetSpec>();
  if (maxUnavailable !== undefined) return share(maxUnavailable, healthy, true);
  return minAvailable === undefined ? 0 : healthy - share(minAvailable, healthy, true);
}

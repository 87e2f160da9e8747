import { PLANNED_LOAD_ANNOTATION } from "../../config/addresses";
import { quantity } from "../../graph/quantity";
import { isPlanError } from "../../planner/errors";
import type { Load, Slo, Topology } from "../../planner/plan/load";
import { capacityWithZoneLost } from "../../planner/plan/zone-capacity";
import { DISCIPLINES, type Discipline } from "../../planner/queueing/disciplines";
import { check } from "../engine/checks";
import { numberSetting, type Rule } from "../engine/rule";
import type { Graph } from "../graph/graph";
import type { KubeObject } from "../graph/object";
import { autoscalerOf } from "../graph/replicas";
import type { AutoscalerSpec } from "../graph/types";

const NUMBERS = [
  "rate",
  "peakRate",
  "serviceTimeMs",
  "cpuTimeMs",
  "variability",
  "percentile",
  "latencyMs",
  "balancers",
];

/** The stated load and promise; undefined if the text is no such statement. */
function stated(text: string): { load: Load; slo: Slo; topology: Partial<Topology> } | undefined {
  let plan: Record<string, unknown>;
  try {
    plan = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  if (typeof plan !== "object" || plan === null) return undefined;
  const { percentile, latencyMs, algorithm, balancers, ...load } = plan;
  const { rate, serviceTimeMs } = load;
  const complete = [rate, serviceTimeMs, percentile, latencyMs].every((value) => typeof value === "number");
  const understood = Object.entries(plan).every(([key, value]) =>
    key === "algorithm"
      ? Object.hasOwn(DISCIPLINES, String(value))
      : NUMBERS.includes(key) && typeof value === "number",
  );
  if (!complete || !understood) return undefined;
  return {
    load: load as unknown as Load,
    slo: { percentile, latencyMs } as Slo,
    topology: {
      ...(algorithm !== undefined && { algorithm: algorithm as Discipline }),
      ...(balancers !== undefined && { balancers: balancers as number }),
    },
  };
}

/**
 * Cores that a pod of an autoscaler's target may use: the limits of its containers. A container without one may use
 * any.
 */
function podCores(autoscaler: KubeObject, graph: Graph): number {
  const target = graph.workloads.find((workload) => autoscalerOf(workload, graph) === autoscaler);
  const limits = target
    ?.containers()
    .filter(({ role }) => role === "main")
    .map(({ spec }) => spec.resources?.limits?.cpu);
  return Math.max(1e-3, ...(limits ?? [undefined]).map((limit) => (limit === undefined ? 1 : quantity(limit))));
}

/** Whether what an autoscaler may grow to is enough for what it was planned for. */
export const peakRules: Rule[] = [
  {
    id: "peak-survives-zone",
    title: "An autoscaler's maximum carries the declared peak with a zone lost",
    why:
      "A zone takes its pods with it, and while everybody makes new ones at once there may be room for none: what " +
      "is left must carry the peak alone. Judged by the planner's queue, for autoscalers that state their load.",
    fix:
      `Raise \`maxReplicas\` as the message says, make a pod faster, or promise less in the annotation ` +
      `${PLANNED_LOAD_ANNOTATION} (for a WebService: \`load\` and \`slo\`).`,
    prevents: ["https://aws.amazon.com/builders-library/static-stability-using-availability-zones/"],
    scope: "graph",
    settings: {
      zones: {
        type: "integer",
        description: "Zones the cluster's nodes are in; the stack's own `zones` where its configuration has one.",
        default: 1,
      },
    },
    checks: (graph, settings) =>
      graph.ofKind("HorizontalPodAutoscaler").map((autoscaler) =>
        check(autoscaler.resource, () => {
          const text = autoscaler.metadata.annotations?.[PLANNED_LOAD_ANNOTATION];
          if (text === undefined) return undefined;
          const plan = stated(text);
          if (!plan) {
            return (
              `metadata.annotations[${PLANNED_LOAD_ANNOTATION}] is not the JSON of a load and a promise: numbers rate, ` +
              "peakRate, serviceTimeMs, cpuTimeMs, percentile and latencyMs, and an algorithm that is one of " +
              `${Object.keys(DISCIPLINES).join(", ")}`
            );
          }
          const topology = {
            ...plan.topology,
            zones: Math.max(1, numberSetting(settings, "zones")),
            podCores: podCores(autoscaler, graph),
          };
          try {
            const { carries, sentence } = capacityWithZoneLost(
              plan.load,
              plan.slo,
              topology,
              autoscaler.spec<AutoscalerSpec>().maxReplicas ?? 1,
            );
            return carries ? undefined : `spec.maxReplicas is too small: ${sentence.replace(/\.$/, "")}`;
          } catch (error) {
            if (!isPlanError(error)) throw error;
            return `the load in metadata.annotations[${PLANNED_LOAD_ANNOTATION}] has no plan: ${error.message.replace(/\.$/, "")}`;
          }
        }),
      ),
  },
];

import { quantity, type Quantity } from "../../graph/quantity";
import { eachObject } from "../engine/checks";
import { numberSetting, type Rule } from "../engine/rule";
import type { Graph } from "../graph/graph";
import { replicasOf, share } from "../graph/replicas";
import type { Workload } from "../graph/workload";

/** Pods of a workload at the autoscaler's maximum and in the middle of a rollout. */
function mostPods(workload: Workload, graph: Graph, nodes: number): number {
  if (workload.kind === "DaemonSet") return nodes;
  if (!workload.replicated) return 1;
  const { max } = replicasOf(workload, graph);
  if (workload.kind !== "Deployment") return max;
  const { rollingUpdate, type } =
    workload.object.spec<{ strategy?: { type?: string; rollingUpdate?: { maxSurge?: number | string } } }>().strategy ??
    {};
  return type === "Recreate" ? max : max + share(rollingUpdate?.maxSurge ?? "25%", max, true);
}

/** What one pod asks for: its containers together, or its largest init container if that is more. */
function podAmount(workload: Workload, side: "requests" | "limits", kind: string): number {
  const amount = (role: string): number[] =>
    workload
      .containers()
      .filter((container) => container.role === role)
      .map(({ spec }) =>
        quantity(spec.resources?.[side]?.[kind] ?? (side === "requests" ? (spec.resources?.limits?.[kind] ?? 0) : 0)),
      );
  const running = [...amount("main"), ...amount("sidecar")].reduce((sum, each) => sum + each, 0);
  return Math.max(running, ...amount("init"));
}

/** Whether there is room for what the graph may grow to. */
export const capacityRules: Rule[] = [
  {
    id: "peak-fits-quota",
    title: "The namespace's quota holds the peak: every autoscaler at its maximum, in the middle of a rollout",
    why:
      "A quota is counted at admission: the pod that is one too many is simply never made, at the very peak it was " +
      "meant for.",
    fix: "Raise the quota by what the message says, or lower `maxReplicas`.",
    prevents: ["https://kubernetes.io/docs/concepts/policy/resource-quotas/"],
    scope: "graph",
    settings: {
      nodes: {
        type: "integer",
        description: "Nodes that a DaemonSet runs on; the stack's own `nodes` where its configuration has one.",
        default: 1,
      },
    },
    checks: eachObject(["ResourceQuota"], function* (quota, graph, settings): Iterable<string> {
      const hard = quota.spec<{ hard?: Record<string, Quantity> }>().hard ?? {};
      const pods = graph.workloads
        .filter((workload) => workload.namespace === quota.namespace)
        .map((workload) => ({
          workload,
          count: mostPods(workload, graph, Math.max(1, numberSetting(settings, "nodes"))),
        }));
      for (const key of Object.keys(hard)) {
        const [, side = "requests", kind = ""] =
          /^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage|pods)$/.exec(key) ?? [];
        if (!kind) continue;
        const each = (workload: Workload): number =>
          kind === "pods" ? 1 : podAmount(workload, side as "requests" | "limits", kind);
        const over = pods.reduce((sum, { workload, count }) => sum + count * each(workload), 0) - quantity(hard[key]!);
        // Sums of fractions of a core are not exact.
        if (over > 1e-6) yield `spec.hard[${key}] is ${amount(over, kind)} too small for the peak`;
      }
    }),
  },
];

function amount(value: number, kind: string): string {
  if (kind === "cpu") return `${Math.ceil(value * 1000)}m`;
  return kind === "pods" ? `${value} pods` : `${Math.ceil(value / 2 ** 20)}Mi`;
}

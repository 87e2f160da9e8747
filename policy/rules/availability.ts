import { type Answer, check, eachObject, eachReplicated } from "../engine/checks";
import { numberSetting, type Rule } from "../engine/rule";
import { isObserved } from "../graph/owned";
import { autoscalerOf, budgetsOf, evictable, replicasOf } from "../graph/replicas";
import { requestPath } from "../graph/request-path";
import { selects } from "../graph/selector";
import type { AutoscalerSpec, BudgetSpec } from "../graph/types";

/** How many pods there are and how many may go at once. */
export const availabilityRules: Rule[] = [
  {
    id: "request-path-redundant",
    title: "Everything a request passes through runs at least twice",
    why:
      "A single pod is an outage at every node failure, eviction and rollout. What nobody waits for (a monitor) " +
      "may be single.",
    fix: "Set `replicas` or the autoscaler's `minReplicas` to 2 or more.",
    advisoryIn: ["dev"],
    scope: "graph",
    settings: {
      minimum: { type: "integer", description: "Pods that each workload on the request path must have.", default: 2 },
    },
    checks: eachReplicated((workload, graph, settings) => {
      if (replicasOf(workload, graph).min >= numberSetting(settings, "minimum")) return undefined;
      return requestPath(graph).has(workload)
        ? "has fewer pods than the request path needs: the loss of one stops requests"
        : undefined;
    }),
  },
  {
    id: "autoscaler-works",
    title: "Autoscalers have a target, room to move and a request to measure against",
    why:
      "CPU use is measured in percent of the request: with one container that has none, the autoscaler does " +
      "nothing at all.",
    fix:
      "Point `scaleTargetRef` at a workload, set `minReplicas` of 2 or more below `maxReplicas`, and requests on " +
      "every container.",
    scope: "graph",
    checks: eachObject(["HorizontalPodAutoscaler"], function* (autoscaler, graph): Iterable<string> {
      const { minReplicas = 1, maxReplicas = 0, metrics = [] } = autoscaler.spec<AutoscalerSpec>();
      const target = graph.workloads.find((workload) => autoscalerOf(workload, graph) === autoscaler);
      if (!target) yield "spec.scaleTargetRef names no workload that is declared here";
      if (minReplicas < 2) yield "spec.minReplicas is below 2";
      if (maxReplicas <= minReplicas) yield "spec.maxReplicas leaves no room above minReplicas";
      for (const [index, { resource }] of metrics.entries()) {
        const kind = resource?.target?.type === "Utilization" ? resource.name : undefined;
        const measurable =
          !kind ||
          !target ||
          target
            .containers()
            .filter(({ role }) => role !== "init")
            .every(
              ({ spec }) =>
                spec.resources?.requests?.[kind] !== undefined || spec.resources?.limits?.[kind] !== undefined,
            );
        if (!measurable)
          yield `spec.metrics[${index}] measures against a request that a container of the target does not have`;
      }
    }),
  },
  {
    id: "autoscaler-owns-count",
    title: "A workload with an autoscaler states no number of its own",
    why: "Every update would set the count back, in the middle of a peak.",
    fix: "Leave `spec.replicas` out.",
    prevents: ["https://github.com/pulumi/pulumi-kubernetes/issues/2491"],
    scope: "graph",
    checks: eachReplicated((workload, graph) =>
      // In a cluster the autoscaler itself has written the number.
      !isObserved(workload.object) &&
      autoscalerOf(workload, graph) &&
      workload.object.spec<{ replicas?: number }>().replicas !== undefined
        ? "spec.replicas is set beside an autoscaler"
        : undefined,
    ),
  },
  {
    id: "budget-present",
    title: "Workloads of several pods have a disruption budget",
    why: "A drain of two nodes, as every cluster upgrade does, may evict all of them at once.",
    fix: "Add a PodDisruptionBudget with `maxUnavailable: 1` and the pods' labels.",
    advisoryIn: ["dev"],
    scope: "graph",
    checks: eachReplicated((workload, graph) =>
      replicasOf(workload, graph).min >= 2 && budgetsOf(workload, graph).length === 0
        ? "no PodDisruptionBudget selects its pods"
        : undefined,
    ),
  },
  {
    id: "budget-permits-eviction",
    title: "Disruption budgets let one pod go, and not all of them",
    why:
      "A budget without room blocks every drain for ever; one that lets all pods go protects nothing. Counted at " +
      "the autoscaler's minimum.",
    fix: "Use `maxUnavailable: 1`, with at least two pods.",
    scope: "graph",
    checks: eachObject(["PodDisruptionBudget"], (budget, graph): Answer => {
      const { minAvailable, maxUnavailable } = budget.spec<BudgetSpec>();
      if (minAvailable === undefined && maxUnavailable === undefined)
        return "spec has neither minAvailable nor maxUnavailable";
      const counts = graph
        .selected(budget.spec<BudgetSpec>().selector, budget.namespace)
        .filter(({ replicated }) => replicated)
        .map((workload) => replicasOf(workload, graph).min);
      if (counts.some((count) => evictable(budget, count) < 1))
        return "permits no eviction: its pods block every drain";
      return counts.some((count) => count > 1 && evictable(budget, count) >= count)
        ? "permits the eviction of every pod at once"
        : undefined;
    }),
  },
  {
    id: "budget-lets-sick-pods-go",
    title: "Disruption budgets do not protect pods that are sick anyway",
    why: "By default a crash-looping pod uses up the budget and cannot be evicted itself: the drain never ends.",
    fix: "Set `unhealthyPodEvictionPolicy: AlwaysAllow`.",
    prevents: ["https://github.com/kubernetes/kubernetes/issues/72320"],
    advisoryIn: ["dev"],
    scope: "object",
    checks: eachObject(["PodDisruptionBudget"], (budget) =>
      budget.spec<BudgetSpec>().unhealthyPodEvictionPolicy === "AlwaysAllow"
        ? undefined
        : "spec.unhealthyPodEvictionPolicy is not AlwaysAllow",
    ),
  },
  {
    id: "one-budget-per-pod",
    title: "No pod is in two disruption budgets",
    why: "The eviction API refuses such a pod with an error, whatever the budgets say: no drain gets past it.",
    fix: "Make the selectors of the budgets disjoint, and let each select pods that exist.",
    prevents: ["https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/"],
    scope: "graph",
    *checks(graph) {
      for (const workload of graph.workloads) {
        yield check(workload.object.resource, () =>
          budgetsOf(workload, graph).length > 1 ? "more than one PodDisruptionBudget selects its pods" : undefined,
        );
      }
      for (const budget of graph.ofKind("PodDisruptionBudget")) {
        yield check(budget.resource, () => {
          const { selector } = budget.spec<BudgetSpec>();
          return graph.workloads.some(
            (workload) => workload.namespace === budget.namespace && selects(selector, workload.podLabels),
          )
            ? undefined
            : "spec.selector selects no pod that is declared here";
        });
      }
    },
  },
];

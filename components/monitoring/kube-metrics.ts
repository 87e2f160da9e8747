/** A kind of object that kube-state-metrics reports on. */
export interface ReportedKind {
  /** Its name for `--resources` and in RBAC rules. */
  resource: string;
  apiGroup: string;
  /** Whether it belongs to no namespace. */
  clusterScoped: boolean;
}

/**
 * Kinds by the prefix of their metrics' names; longer prefixes first, because `kube_pod_` also begins
 * `kube_poddisruptionbudget_`.
 */
const KINDS: [prefix: string, kind: ReportedKind][] = [
  [
    "kube_horizontalpodautoscaler_",
    { resource: "horizontalpodautoscalers", apiGroup: "autoscaling", clusterScoped: false },
  ],
  ["kube_persistentvolumeclaim_", { resource: "persistentvolumeclaims", apiGroup: "", clusterScoped: false }],
  ["kube_poddisruptionbudget_", { resource: "poddisruptionbudgets", apiGroup: "policy", clusterScoped: false }],
  ["kube_statefulset_", { resource: "statefulsets", apiGroup: "apps", clusterScoped: false }],
  ["kube_deployment_", { resource: "deployments", apiGroup: "apps", clusterScoped: false }],
  ["kube_daemonset_", { resource: "daemonsets", apiGroup: "apps", clusterScoped: false }],
  ["kube_cronjob_", { resource: "cronjobs", apiGroup: "batch", clusterScoped: false }],
  ["kube_node_", { resource: "nodes", apiGroup: "", clusterScoped: true }],
  ["kube_job_", { resource: "jobs", apiGroup: "batch", clusterScoped: false }],
  ["kube_pod_", { resource: "pods", apiGroup: "", clusterScoped: false }],
];

/**
 * The metrics of kube-state-metrics that a set of expressions reads: it is told to serve these and no others.
 *
 * @param exprs PromQL of all rules and panels
 */
export function kubeMetrics(exprs: string[]): string[] {
  return [...new Set(exprs.flatMap((expr) => expr.match(/\bkube_[a-z0-9_]+/g) ?? []))].sort();
}

/**
 * The kinds it has to be allowed to read for them.
 *
 * @throws Error naming a metric of a kind that is not known here
 */
export function reportedKinds(metrics: string[]): ReportedKind[] {
  const kinds = metrics.map((metric) => {
    const found = KINDS.find(([prefix]) => metric.startsWith(prefix));
    if (!found)
      throw new Error(
        `Monitoring: no kind of object is known for the metric ${metric}; add it to KINDS in kube-metrics.ts.`,
      );
    return found[1];
  });
  return [...new Set(kinds)].sort((a, b) => (a.resource < b.resource ? -1 : 1));
}

import { dashboard, panel } from "../common/dashboard";
import type { Panel } from "../common/panel";

/**
 * Dashboard of the web tier named `name`. Ranges are at least four scrapes of the article's 60 s.
 *
 * @param metrics whether the program serves any; without them only what the cluster knows of its pods is shown
 * @param own panels for metrics that only this program has
 */
export function webDashboard(name: string, metrics = true, own: Panel[] = []): object {
  const job = `job="${name}"`;
  const container = `container="${name}"`;
  const ofProgram = () => [
    panel("Requests by route", "reqps", [`sum by (route) (rate(http_requests_total{${job}}[5m]))`, "{{route}}"]),
    panel("Requests by status", "reqps", [`sum by (status) (rate(http_requests_total{${job}}[5m]))`, "{{status}}"]),
    panel(
      "Time to answer",
      "s",
      [`histogram_quantile(0.5, sum by (le) (rate(http_request_duration_seconds_bucket{${job}}[5m])))`, "median"],
      [
        `histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{${job}}[5m])))`,
        "99th percentile",
      ],
    ),
    ...own.map(({ title, unit, queries }) => panel(title, unit, ...queries)),
  ];
  return dashboard(name, `Web tier ${name}`, [
    ...(metrics ? ofProgram() : []),
    panel(
      "Pods",
      "short",
      [`kube_deployment_status_replicas_available{deployment="${name}"}`, "ready"],
      [`kube_horizontalpodautoscaler_status_desired_replicas{horizontalpodautoscaler="${name}"}`, "wanted"],
      [`kube_horizontalpodautoscaler_spec_max_replicas{horizontalpodautoscaler="${name}"}`, "maximum"],
    ),
    panel("CPU by pod", "short", [
      `sum by (pod) (rate(container_cpu_usage_seconds_total{${container}}[5m]))`,
      "{{pod}}",
    ]),
    panel("Memory by pod", "bytes", [`sum by (pod) (container_memory_working_set_bytes{${container}})`, "{{pod}}"]),
  ]);
}

import type { RuleGroup } from "../common/observability";

/** What matters for the availability of a balancer named `name`. */
export function balancerAlerts(name: string): RuleGroup {
  const servers = `job="${name}",proxy="servers"`;
  return {
    name,
    rules: [
      {
        alert: "LoadBalancerNoServer",
        expr: `haproxy_backend_active_servers{${servers}} == 0`,
        for: "1m",
        labels: { severity: "page" },
        annotations: {
          summary: "{{ $labels.pod }} knows no web pod that passes its check: every request is answered 503",
          runbook_url: "docs/runbooks/load-balancer.md#no-server",
        },
      },
      {
        alert: "LoadBalancerSingle",
        expr: `kube_daemonset_status_number_available{daemonset="${name}"} < 2`,
        for: "5m",
        labels: { severity: "ticket" },
        annotations: {
          summary: `${name} runs on {{ $value }} entry nodes; the loss of one more closes the way in`,
          runbook_url: "docs/runbooks/load-balancer.md#single",
        },
      },
      {
        alert: "LoadBalancerRetries",
        expr: `sum(rate(haproxy_backend_retry_warnings_total{${servers}}[5m])) > 0.05 * sum(rate(haproxy_backend_http_requests_total{${servers}}[5m]))`,
        for: "5m",
        labels: { severity: "ticket" },
        annotations: {
          summary: "More than one request in twenty needed a second server for 5 minutes",
          description: "Clients notice only latency so far: a pod is failing faster than its checks, or a node is unreachable.",
          runbook_url: "docs/runbooks/load-balancer.md#retries",
        },
      },
      {
        alert: "LoadBalancerConnectionsFull",
        expr: `haproxy_process_current_connections{job="${name}"} > 0.8 * haproxy_process_max_connections{job="${name}"}`,
        for: "5m",
        labels: { severity: "page" },
        annotations: {
          summary: "{{ $labels.pod }} uses over 80 % of the connections it may hold",
          runbook_url: "docs/runbooks/load-balancer.md#connections-full",
        },
      },
    ],
  };
}

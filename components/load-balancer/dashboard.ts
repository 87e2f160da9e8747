import { dashboard, panel } from "../common/dashboard";

/** Dashboard of the balancer named `name`. */
export function balancerDashboard(name: string): object {
  const clients = `job="${name}",proxy="clients"`;
  const servers = `job="${name}",proxy="servers"`;
  return dashboard(name, `Load balancer ${name}`, [
    panel("Answers by class", "reqps", [
      `sum by (code) (rate(haproxy_frontend_http_responses_total{${clients}}[5m]))`,
      "{{code}}",
    ]),
    panel("Share of 5xx", "percentunit", [
      `sum(rate(haproxy_frontend_http_responses_total{${clients},code="5xx"}[5m])) / ` +
        `sum(rate(haproxy_frontend_http_responses_total{${clients}}[5m]))`,
      "5xx",
    ]),
    panel("Servers that pass their check", "short", [`haproxy_backend_active_servers{${servers}}`, "{{pod}}"]),
    panel("Average time to answer", "s", [`haproxy_backend_response_time_average_seconds{${servers}}`, "{{pod}}"]),
    panel(
      "Retries and redispatches",
      "reqps",
      [`sum(rate(haproxy_backend_retry_warnings_total{${servers}}[5m]))`, "retried"],
      [`sum(rate(haproxy_backend_redispatch_warnings_total{${servers}}[5m]))`, "sent to another server"],
    ),
    panel("Connections", "short", [`haproxy_process_current_connections{job="${name}"}`, "{{pod}}"]),
  ]);
}

import { dashboard, panel } from "../common/dashboard";
import { serverSets } from "./alerts";

/**
 * Dashboard of the balancer named `name`.
 *
 * @param routed whether it stands in front of several services, each of which gets curves of its own
 */
export function balancerDashboard(name: string, routed = false): object {
  const clients = `job="${name}",proxy="clients"`;
  const servers = `job="${name}",${serverSets(routed)}`;
  const [each, whose] = routed ? ["sum by (proxy) ", "{{proxy}}: "] : ["sum", ""];
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
    panel("Servers that pass their check", "short", [`haproxy_backend_active_servers{${servers}}`, `${whose}{{pod}}`]),
    panel("Average time to answer", "s", [
      `haproxy_backend_response_time_average_seconds{${servers}}`,
      `${whose}{{pod}}`,
    ]),
    panel(
      "Retries and redispatches",
      "reqps",
      [`${each}(rate(haproxy_backend_retry_warnings_total{${servers}}[5m]))`, `${whose}retried`],
      [`${each}(rate(haproxy_backend_redispatch_warnings_total{${servers}}[5m]))`, `${whose}sent to another server`],
    ),
    panel("Connections", "short", [`haproxy_process_current_connections{job="${name}"}`, "{{pod}}"]),
  ]);
}

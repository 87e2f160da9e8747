import type { Observability } from "../common/observability";
import type { Workload } from "../common/workload";
import { balancerAlerts } from "./alerts";
import { balancerDashboard } from "./dashboard";
import { SERVERS_PATH } from "./haproxy-config";
import { METRICS_PORT } from "./names";

/** What Prometheus scrapes of a balancer, and what it watches for. */
export function balancerObservability(of: Workload): Observability {
  const { name } = of;
  return {
    name,
    scrape: [
      { job: name, peer: of, port: METRICS_PORT },
      { job: `${name}-servers`, peer: of, port: METRICS_PORT, path: SERVERS_PATH, urgent: true },
    ],
    rules: [balancerAlerts(name)],
    dashboard: balancerDashboard(name),
  };
}

/** Counters of all answers that clients got, and of the failed ones. */
export function answersOf(name: string): { total: string; bad: string } {
  const counted = `job="${name}",proxy="clients"`;
  return {
    total: `haproxy_frontend_http_responses_total{${counted}}`,
    bad: `haproxy_frontend_http_responses_total{${counted},code="5xx"}`,
  };
}

import type { Observability } from "../common/observability";
import type { Workload } from "../common/workload";
import { balancerAlerts, certificateAlerts } from "./alerts";
import { balancerDashboard } from "./dashboard";
import { SERVERS_PATH } from "./haproxy-config";
import { AGENT_PORT, METRICS_PORT, setsOf } from "./names";
import type { Served } from "./routes";

/** What Prometheus scrapes of a balancer, and what it watches for. */
export function balancerObservability(of: Workload, services: Served[], tls: boolean): Observability {
  const { name } = of;
  return {
    name,
    scrape: [
      { job: name, peer: of, port: METRICS_PORT },
      { job: `${name}-servers`, peer: of, port: METRICS_PORT, path: SERVERS_PATH, urgent: true },
      ...(tls ? [{ job: `${name}-certificates`, peer: of, port: AGENT_PORT }] : []),
    ],
    rules: [balancerAlerts(name, routed(services)), ...(tls ? [certificateAlerts(name)] : [])],
    dashboard: balancerDashboard(name, routed(services)),
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

/**
 * The same for each of several services, by its name. What is answered before a service is known (404, a redirect) is
 * nobody's.
 */
export function serviceAnswersOf(name: string, services: Served[]): Record<string, { total: string; bad: string }> {
  const entries = services.flatMap(({ name: service }) => {
    if (service === undefined) return [];
    const { servers, reserve } = setsOf(service);
    const counted = `job="${name}",proxy=~"${servers}|${reserve}"`;
    const series = "haproxy_backend_http_responses_total";
    return [[service, { total: `${series}{${counted}}`, bad: `${series}{${counted},code="5xx"}` }]];
  });
  return Object.fromEntries(entries) as Record<string, { total: string; bad: string }>;
}

/** Whether services are told apart in metrics. */
const routed = (services: Served[]): boolean => services.some(({ name }) => name !== undefined);

import type { Observability } from "../common/observability";
import { KEPT_SERIES, redisAlerts } from "./alerts";
import type { RedisSettings } from "./completed";
import { redisDashboard } from "./dashboard";
import { EXPORTER_PORT, type members } from "./names";

/** What Prometheus scrapes of servers and Sentinels, and what it watches for. */
export function redisObservability(of: ReturnType<typeof members>, settings: RedisSettings): Observability {
  const { servers, sentinels } = of;
  const { name } = servers;
  return {
    name,
    scrape: [
      { job: name, peer: servers, port: EXPORTER_PORT, keep: KEPT_SERIES, urgent: true },
      { job: sentinels.name, peer: sentinels, port: EXPORTER_PORT, keep: KEPT_SERIES },
    ],
    rules: [redisAlerts(name, settings)],
    dashboard: redisDashboard(name),
  };
}

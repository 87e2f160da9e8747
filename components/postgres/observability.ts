import type { Observability } from "../common/observability";
import type { Workload } from "../common/workload";
import { postgresAlerts, type PostgresAlertSettings } from "./alerts";
import { postgresDashboard } from "./dashboard";
import { POOLER_PORTS, PORTS, repositoryName, type Workloads } from "./names";

/** Of the exporter's thousands of series, those that an alert, a panel or a person in an incident asks for. */
const EXPORTER_SERIES =
  "pg_up|pg_(database_size_bytes|stat_activity_(count|max_tx_duration)|stat_database_(xact_.*|blks_.*|deadlocks|temp_bytes)|stat_archiver_.*|wal_.*)";
const POOLER_SERIES =
  "pgbouncer_(up|databases_paused|pools_(client|server)_(active|waiting|idle)_connections|pools_client_maxwait_seconds|stats_(queries_pooled_total|queries_duration_seconds_total|client_wait_seconds_total))";

/**
 * What Prometheus scrapes of the database, its poolers and its backups, and what it watches for.
 *
 * @param poolers those that there are
 */
export function postgresObservability(
  of: Workloads,
  poolers: Workload[],
  settings: PostgresAlertSettings & { onVolume: boolean },
): Observability {
  const { database } = of;
  const { name } = database;
  // Whoever looks after the repository reports on it: its host, or with an object store the primary.
  const repository = settings.onVolume ? of.repository : database;
  return {
    name,
    scrape: [
      { job: `${name}-patroni`, peer: database, port: PORTS.patroni, keep: "patroni_.*", urgent: true },
      { job: name, peer: database, port: PORTS.exporter, keep: EXPORTER_SERIES },
      { job: `${name}-agent`, peer: database, port: PORTS.agent, keep: "holdfast_.*" },
      { job: repositoryName(name), peer: repository, port: PORTS.backupMetrics, keep: "holdfast_.*" },
      ...poolers.map((peer) => ({ job: peer.name, peer, port: POOLER_PORTS.exporter, keep: POOLER_SERIES })),
      ...poolers.map((peer) => ({
        job: `${peer.name}-agent`,
        peer,
        port: POOLER_PORTS.agent,
        keep: "holdfast_.*",
      })),
    ],
    rules: [postgresAlerts(name, settings)],
    dashboard: postgresDashboard(name),
  };
}

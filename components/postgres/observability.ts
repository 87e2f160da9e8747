import type * as pulumi from "@pulumi/pulumi";
import type { Observability } from "../common/observability";
import { postgresAlerts } from "./alerts";
import { databaseLabels, POOLER_PORTS, poolerLabels, PORTS } from "./names";

/** Of the exporter's thousands of series, those that an alert, a panel or a person in an incident asks for. */
const EXPORTER_SERIES = "pg_up|pg_(database_size_bytes|replication_.*|stat_activity_.*|stat_database_.*|stat_archiver_.*|wal_.*|locks_count|settings_.*)|pg_stat_bgwriter_.*";
const POOLER_SERIES = "pgbouncer_(up|databases_(pool_size|current_connections|max_connections|paused)|pools_.*|stats_(queries_pooled_total|totals_.*|queries_duration_seconds_total|client_wait_seconds_total))";

/**
 * What Prometheus scrapes of the database and its poolers, and what it watches for.
 *
 * @param name the component's name
 */
export function postgresObservability(name: string, namespace: pulumi.Input<string>): Observability {
  const database = { namespace, labels: databaseLabels(name) };
  const poolers = [`${name}-pooler`, `${name}-pooler-ro`];
  return {
    name,
    scrape: [
      { job: `${name}-patroni`, peer: database, port: PORTS.patroni, keep: "patroni_.*" },
      { job: name, peer: database, port: PORTS.exporter, keep: EXPORTER_SERIES },
      { job: `${name}-agent`, peer: database, port: PORTS.agent },
      ...poolers.map((pooler) => ({ job: pooler, peer: { namespace, labels: poolerLabels(pooler) }, port: POOLER_PORTS.exporter, keep: POOLER_SERIES })),
      ...poolers.map((pooler) => ({ job: `${pooler}-agent`, peer: { namespace, labels: poolerLabels(pooler) }, port: POOLER_PORTS.agent })),
    ],
    rules: postgresAlerts(name),
  };
}

import { dashboard, panel } from "../common/dashboard";
import { repositoryName } from "./names";

/**
 * Dashboard of a database named `name`: who leads, who follows how closely, who waits, what fills up, what is saved.
 */
export function postgresDashboard(name: string): object {
  const patroni = `job="${name}-patroni"`;
  const exporter = `job="${name}"`;
  const agent = `job="${name}-agent"`;
  const poolers = `job=~"${name}-pooler(-ro)?"`;
  const backup = `job="${repositoryName(name)}"`;
  return dashboard(name, `PostgreSQL ${name}`, [
    panel("Who leads", "short", [`patroni_primary{${patroni}}`, "{{pod}}"]),
    panel(
      "Members that lead or stream, and synchronous standbys",
      "short",
      [`sum(patroni_postgres_streaming{${patroni}}) + sum(patroni_primary{${patroni}})`, "lead or stream"],
      [`sum(patroni_quorum_standby{${patroni}}) + sum(patroni_sync_standby{${patroni}})`, "synchronous"],
    ),
    panel("Bytes behind the primary", "bytes", [
      `scalar(max(patroni_xlog_location{${patroni}})) - (patroni_xlog_replayed_location{${patroni}} > 0)`,
      "{{pod}} replayed",
    ]),
    panel("WAL written", "Bps", [`sum(rate(patroni_xlog_location{${patroni}}[5m]))`, "written"]),
    panel(
      "Transactions",
      "ops",
      [`sum(rate(pg_stat_database_xact_commit{${exporter}}[5m])) by (pod)`, "{{pod}} committed"],
      [`sum(rate(pg_stat_database_xact_rollback{${exporter}}[5m])) by (pod)`, "{{pod}} rolled back"],
    ),
    panel("Connections by state", "short", [
      `sum by (pod, state) (pg_stat_activity_count{${exporter}})`,
      "{{pod}} {{state}}",
    ]),
    panel("Longest transaction", "s", [`max by (pod) (pg_stat_activity_max_tx_duration{${exporter}})`, "{{pod}}"]),
    panel("Share of blocks found in memory", "percentunit", [
      `sum by (pod) (rate(pg_stat_database_blks_hit{${exporter}}[5m])) / (sum by (pod) ` +
        `(rate(pg_stat_database_blks_hit{${exporter}}[5m]) + rate(pg_stat_database_blks_read{${exporter}}[5m])) > ` +
        "0)",
      "{{pod}}",
    ]),
    panel(
      "Callers at the poolers",
      "short",
      [`sum by (pod) (pgbouncer_pools_client_active_connections{${poolers}})`, "{{pod}} active"],
      [`sum by (pod) (pgbouncer_pools_client_waiting_connections{${poolers}})`, "{{pod}} waiting"],
    ),
    panel("Longest wait for a connection", "s", [
      `max by (pod) (pgbouncer_pools_client_maxwait_seconds{${poolers}})`,
      "{{pod}}",
    ]),
    panel("Data volume: space left", "percentunit", [
      `holdfast_volume_available_bytes{${agent}} / holdfast_volume_size_bytes{${agent}}`,
      "{{pod}}",
    ]),
    panel("WAL on disk", "bytes", [`pg_wal_size_bytes{${exporter}}`, "{{pod}}"]),
    panel(
      "Segments archived and failed",
      "ops",
      [`sum(rate(pg_stat_archiver_archived_count{${exporter}}[5m]))`, "archived"],
      [`sum(rate(pg_stat_archiver_failed_count{${exporter}}[5m]))`, "failed"],
    ),
    panel(
      "WAL not in the archive: age of what waits, and segments missing",
      "short",
      [`max(holdfast_archive_oldest_waiting_seconds{${agent}})`, "seconds the oldest has waited"],
      [`max(holdfast_archive_gap_segments{${backup}})`, "missing since the newest backup"],
    ),
    panel("Backup volume: space left", "percentunit", [
      `holdfast_repository_available_bytes{${backup}} / holdfast_repository_size_bytes{${backup}}`,
      "left",
    ]),
    panel(
      "Backups: age of the newest, and how many",
      "short",
      [
        `(time() - (max(holdfast_backup_last_timestamp_seconds{${backup}}) > 0)) / 3600 or vector(0)`,
        "hours since the newest",
      ],
      [`max(holdfast_backup_count{${backup}})`, "backups kept"],
    ),
  ]);
}

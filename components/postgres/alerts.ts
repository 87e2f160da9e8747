import type { AlertRule, RuleGroup } from "../common/observability";
import { repositoryName } from "./names";
import {
  ARCHIVE_BEHIND_SECONDS,
  BACKUP_LATE_HOURS,
  CONNECTIONS_SHARE,
  FILLING_FREE_SHARE,
  FILLING_HOURS,
  FULL_FREE_SHARE,
  GAP_MINUTES,
  LAG_BYTES,
  POOLER_WAIT_SECONDS,
} from "./settings";

/** What the alerts are measured against. */
export interface PostgresAlertSettings {
  replicas: number;
  maxConnections: number;
}

/** A volume that will be full too soon at the pace of the last hour. */
const filling = (available: string, size: string): string =>
  `predict_linear(${available}[1h], ${FILLING_HOURS} * 3600) < 0 and ${available} / ${size} < ${FILLING_FREE_SHARE}`;

/**
 * What can go wrong with a database named `name` that somebody must know of. Ranges are at least two scrapes of 60 s; a
 * failover lasts seconds and raises nothing.
 */
export function postgresAlerts(name: string, settings: PostgresAlertSettings): RuleGroup {
  const patroni = `job="${name}-patroni"`;
  const exporter = `job="${name}"`;
  const agent = `job="${name}-agent"`;
  const poolers = `job=~"${name}-pooler(-ro)?"`;
  const backup = `job="${repositoryName(name)}"`;
  const jobs = `job_name=~"${repositoryName(name)}-.*"`;
  const rule = (
    alert: string,
    severity: "page" | "ticket",
    hold: string,
    expr: string,
    summary: string,
    description?: string,
  ): AlertRule => ({
    alert,
    expr,
    for: hold,
    labels: { severity },
    annotations: {
      summary,
      ...(description ? { description } : {}),
      runbook_url: `components/postgres/runbook.md#${anchor(alert)}`,
    },
  });
  const available = `holdfast_volume_available_bytes{${agent}}`;
  const size = `holdfast_volume_size_bytes{${agent}}`;
  const repositoryAvailable = `holdfast_repository_available_bytes{${backup}}`;
  const repositorySize = `holdfast_repository_size_bytes{${backup}}`;
  return {
    name,
    rules: [
      rule(
        "PostgresNoPrimary",
        "page",
        "1m",
        `(sum(patroni_primary{${patroni}}) or vector(0)) < 1`,
        `${name} has had no primary for a minute`,
        "Nothing can be written; reads go on where a standby answers.",
      ),
      rule(
        "PostgresNoSyncStandby",
        "page",
        "2m",
        `(sum(patroni_quorum_standby{${patroni}}) or vector(0)) + (sum(patroni_sync_standby{${patroni}}) or ` +
          `vector(0)) < ${Math.min(1, settings.replicas - 1)}`,
        `${name} has no synchronous standby`,
        'With durability "required" writes wait; with "preferred" one member alone holds them.',
      ),
      rule(
        "PostgresMemberMissing",
        "ticket",
        "1m",
        `(sum(patroni_postgres_streaming{${patroni}}) or vector(0)) + (sum(patroni_primary{${patroni}}) or ` +
          `vector(0)) < ${settings.replicas}`,
        `${name} has {{ $value }} of ${settings.replicas} members that lead or stream`,
        "The next loss may stop writes.",
      ),
      rule(
        "PostgresCopyWaits",
        "ticket",
        "5m",
        `max by (pod) (holdfast_copy_waits{${agent}}) == 1`,
        "{{ $labels.pod }} can't come back by itself and may not be copied anew",
        "The pod's annotation holdfast.dev/waits says why; `npm run status` shows it.",
      ),
      rule(
        "PostgresReplicationLag",
        "ticket",
        "5m",
        `scalar(max(patroni_xlog_location{${patroni}})) - (patroni_xlog_replayed_location{${patroni}} > 0) > ` +
          `${LAG_BYTES}`,
        "{{ $labels.pod }} is {{ $value | humanize1024 }}B behind the primary",
      ),
      rule(
        "PostgresApiAway",
        "ticket",
        "1m",
        `max(patroni_failsafe_mode_is_active{${patroni}}) == 1`,
        `${name} goes on without the Kubernetes API`,
        "Members agree among themselves; no failover is possible until the API is back.",
      ),
      rule(
        "PostgresPaused",
        "ticket",
        "1h",
        `max(patroni_is_paused{${patroni}}) == 1`,
        `Automatic failover of ${name} has been off for an hour`,
      ),
      rule(
        "PostgresPendingRestart",
        "ticket",
        "15m",
        `max(patroni_pending_restart{${patroni}}) == 1`,
        `A setting of ${name} has waited for a restart for 15 minutes`,
      ),
      rule(
        "PostgresRolesDiffer",
        "ticket",
        "15m",
        `(max(holdfast_roles_current{${agent}}) or vector(0)) < 1`,
        `Roles or passwords of ${name} are not as declared`,
      ),
      rule(
        "PostgresLockExpired",
        "ticket",
        "0m",
        `sum(increase(holdfast_guard_locks_expired_total{${agent}}[10m])) > 0`,
        `The lock guard took a silent primary of ${name} out of office`,
      ),
      rule(
        "PostgresVolumeFilling",
        "page",
        "10m",
        filling(available, size),
        `The data volume of {{ $labels.pod }} will be full within ${FILLING_HOURS} hours at this pace`,
      ),
      rule(
        "PostgresVolumeFull",
        "page",
        "1m",
        `${available} / ${size} < ${FULL_FREE_SHARE}`,
        "The data volume of {{ $labels.pod }} has {{ $value | humanizePercentage }} left",
      ),
      rule(
        "PostgresConnectionsFull",
        "ticket",
        "2m",
        `sum by (pod) (pg_stat_activity_count{${exporter}}) > ` +
          `${Math.floor(settings.maxConnections * CONNECTIONS_SHARE)}`,
        `{{ $labels.pod }} has {{ $value }} of ${settings.maxConnections} connections in use`,
      ),
      rule(
        "PostgresPoolerWaiting",
        "ticket",
        "1m",
        `max by (pod) (pgbouncer_pools_client_maxwait_seconds{${poolers}}) > ${POOLER_WAIT_SECONDS}`,
        "Callers wait {{ $value }} s for a connection at {{ $labels.pod }}",
      ),
      // The age of what waits, not the failures: those end when PostgreSQL's queue is given up, and nothing is saved
      // all the same.
      rule(
        "PostgresArchiveFailing",
        "ticket",
        "10m",
        `max(holdfast_archive_oldest_waiting_seconds{${agent}}) > ${ARCHIVE_BEHIND_SECONDS}`,
        `${name} can't archive its WAL`,
        "It piles up on the data volume, and a restore reaches no further than the last segment archived.",
      ),
      // No page: the database serves, and a new full backup is taken by itself; what is at risk is a second failure
      // before it is whole.
      rule(
        "PostgresArchiveGap",
        "ticket",
        `${GAP_MINUTES}m`,
        `(max(holdfast_archive_gap_segments{${backup}}) or vector(0)) + ` +
          `(sum(holdfast_archive_dropped_segments{${agent}}) or vector(0)) > 0`,
        `WAL of ${name} is missing from its archive`,
        "Nothing written since can be restored until a new full backup is whole; one is taken by itself.",
      ),
      rule(
        "PostgresRepositoryFilling",
        "ticket",
        "10m",
        filling(repositoryAvailable, repositorySize),
        `The backup volume of ${name} will be full within ${FILLING_HOURS} hours at this pace`,
      ),
      rule(
        "PostgresRepositoryFull",
        "ticket",
        "5m",
        `${repositoryAvailable} / ${repositorySize} < ${FULL_FREE_SHARE}`,
        `The backup volume of ${name} has {{ $value | humanizePercentage }} left`,
        "The oldest backups go to make room, down to the last whole one.",
      ),
      rule(
        "PostgresRepositoryTooSmall",
        "ticket",
        "10m",
        `max(holdfast_repository_short_bytes{${backup}}) > 0`,
        `The next backup of ${name} will lack {{ $value | humanize1024 }}B`,
        "Even when every older backup has made room for it.",
      ),
      rule(
        "PostgresBackupLate",
        "ticket",
        "10m",
        `time() - (max(holdfast_backup_last_timestamp_seconds{${backup}}) > 0) > ${BACKUP_LATE_HOURS * 3600}`,
        `The last backup of ${name} is {{ $value | humanizeDuration }} old`,
      ),
      rule(
        "PostgresBackupNone",
        "ticket",
        `${BACKUP_LATE_HOURS}h`,
        `(max(holdfast_backup_last_timestamp_seconds{${backup}}) or vector(0)) == 0`,
        `${name} has no backup at all`,
      ),
      rule(
        "PostgresBackupFailed",
        "ticket",
        "1m",
        `max(kube_job_status_start_time{${jobs}} and on (namespace, job_name) kube_job_status_failed{${jobs}} > ` +
          `0) > max(holdfast_backup_last_timestamp_seconds{${backup}})`,
        `The last backup of ${name} failed`,
      ),
    ],
  };
}

/** Heading of an alert in the runbook: `PostgresNoPrimary` is under "No primary", whose anchor is `no-primary`. */
function anchor(alert: string): string {
  return alert
    .replace(/^Postgres/, "")
    .replace(/(?<!^)([A-Z])/g, "-$1")
    .toLowerCase();
}

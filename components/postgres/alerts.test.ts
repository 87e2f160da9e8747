import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkAlerts, checkRules, promtoolTest, type AlertCase } from "../../test/support/promtool";
import { postgresAlerts } from "./alerts";

const rules = [postgresAlerts("postgres", { replicas: 3, maxConnections: 100 })];
const alerts = (of: AlertCase) => () => checkAlerts(rules, of);
const member = (pod: number, metric: string) => `${metric}{job="postgres-patroni",pod="postgres-${pod}"}`;
const each = (metric: string, ...values: string[]) =>
  Object.fromEntries(values.map((value, pod) => [member(pod, metric), value]));

promtoolTest("Prometheus accepts the rules", () => checkRules(rules));

promtoolTest(
  "a healthy database raises nothing",
  alerts({
    series: {
      ...each("patroni_primary", "1x60", "0x60", "0x60"),
      ...each("patroni_postgres_streaming", "0x60", "1x60", "1x60"),
      ...each("patroni_quorum_standby", "0x60", "1x60", "1x60"),
      ...each("patroni_sync_standby", "0x60", "0x60", "0x60"),
      ...each("patroni_xlog_location", "1000000x60", "0x60", "0x60"),
      ...each("patroni_xlog_replayed_location", "0x60", "999000x60", "999900x60"),
      'holdfast_roles_current{job="postgres-agent",pod="postgres-0"}': "1x60",
    },
    at: "50m",
    firing: {
      PostgresNoPrimary: 0,
      PostgresNoSyncStandby: 0,
      PostgresMemberMissing: 0,
      PostgresReplicationLag: 0,
      PostgresRolesDiffer: 0,
    },
  }),
);

promtoolTest("no primary for over a minute is a page, a failover between two scrapes is not", () => {
  const series = (gap: number) => each("patroni_primary", "1x9 0x30", `0x${9 + gap} 1x30`, "0x40");
  alerts({ series: series(0), at: "11m", firing: { PostgresNoPrimary: 0 } })();
  alerts({ series: series(5), at: "13m", firing: { PostgresNoPrimary: 1 } })();
  alerts({ series: {}, at: "5m", firing: { PostgresNoPrimary: 1 } })();
});

promtoolTest("a missing member is a ticket after a minute, the second one a page after two", () => {
  const both = (streaming: [string, string], quorum: [string, string]) => ({
    ...each("patroni_primary", "1x20", "0x20", "0x20"),
    ...each("patroni_postgres_streaming", "0x20", ...streaming),
    ...each("patroni_quorum_standby", "0x20", ...quorum),
  });
  alerts({
    series: both(["1x20", "1x5 0x15"], ["1x20", "1x5 0x15"]),
    at: "9m",
    firing: { PostgresMemberMissing: 1, PostgresNoSyncStandby: 0 },
  })();
  alerts({
    series: both(["1x5 0x15", "1x5 0x15"], ["1x5 0x15", "1x5 0x15"]),
    at: "9m",
    firing: { PostgresMemberMissing: 1, PostgresNoSyncStandby: 1 },
  })();
});

promtoolTest(
  "a member that may not be copied anew is a ticket",
  alerts({
    series: {
      'holdfast_copy_waits{job="postgres-agent",pod="postgres-2"}': "0x5 1x15",
      'holdfast_copy_waits{job="postgres-agent",pod="postgres-1"}': "0x20",
    },
    at: "15m",
    firing: { PostgresCopyWaits: 1 },
  }),
);

promtoolTest(
  "a standby far behind is a ticket of its own",
  alerts({
    series: {
      ...each("patroni_xlog_location", "200000000x20", "0x20", "0x20"),
      ...each("patroni_xlog_replayed_location", "0x20", "100000000x20", "199000000x20"),
    },
    at: "10m",
    firing: { PostgresReplicationLag: 1 },
  }),
);

promtoolTest("a volume that fills is announced hours ahead, and once more when it is nearly full", () => {
  const volume = (available: string) => ({
    'holdfast_volume_available_bytes{job="postgres-agent",pod="postgres-0"}': available,
    'holdfast_volume_size_bytes{job="postgres-agent",pod="postgres-0"}': "10000x200",
  });
  alerts({ series: volume("9000x200"), at: "2h", firing: { PostgresVolumeFilling: 0, PostgresVolumeFull: 0 } })();
  alerts({ series: volume("5000-20x200"), at: "100m", firing: { PostgresVolumeFilling: 1, PostgresVolumeFull: 0 } })();
  alerts({ series: volume("900x200"), at: "10m", firing: { PostgresVolumeFull: 1 } })();
});

promtoolTest(
  "callers who wait and connections that run out are tickets",
  alerts({
    series: {
      'pgbouncer_pools_client_maxwait_seconds{job="postgres-pooler",pod="postgres-pooler-0",user="app"}': "0x5 8x10",
      'pg_stat_activity_count{job="postgres",pod="postgres-0",state="idle"}': "60x20",
      'pg_stat_activity_count{job="postgres",pod="postgres-0",state="active"}': "35x20",
    },
    at: "9m",
    firing: { PostgresPoolerWaiting: 1, PostgresConnectionsFull: 1 },
  }),
);

promtoolTest("WAL that can't be archived is a ticket while it waits, and stays one while it is dropped", () => {
  const waiting = (value: string) => ({
    'holdfast_archive_oldest_waiting_seconds{job="postgres-agent",pod="postgres-0"}': value,
  });
  alerts({ series: waiting("0x5 0+60x40"), at: "30m", firing: { PostgresArchiveFailing: 1 } })();
  // A repository that was restarted: back before anybody need know.
  alerts({ series: waiting("0x5 0+60x4 0x40"), at: "30m", firing: { PostgresArchiveFailing: 0 } })();
});

promtoolTest("a gap in the archive is a ticket until a backup has begun behind it", () => {
  const gap = (missing: string, dropped: string) => ({
    'holdfast_archive_gap_segments{job="postgres-backup",pod="postgres-backup-0"}': missing,
    'holdfast_archive_dropped_segments{job="postgres-agent",pod="postgres-0"}': dropped,
    'holdfast_archive_dropped_segments{job="postgres-agent",pod="postgres-1"}': "0x60",
  });
  alerts({ series: gap("0x60", "0x60"), at: "40m", firing: { PostgresArchiveGap: 0 } })();
  // The repository is away and says nothing: the member knows what it dropped.
  alerts({
    series: {
      ...gap("0x60", "0x5 46x50"),
      'holdfast_archive_gap_segments{job="postgres-backup",pod="postgres-backup-0"}': "_x60",
    },
    at: "40m",
    firing: { PostgresArchiveGap: 1 },
  })();
  // The member that dropped it is gone: the archive shows it.
  alerts({ series: gap("0x5 46x50", "_x60"), at: "40m", firing: { PostgresArchiveGap: 1 } })();
  alerts({ series: gap("0x5 46x20 0x30", "0x5 46x20 0x30"), at: "40m", firing: { PostgresArchiveGap: 0 } })();
  // What a former primary sends when it is back.
  alerts({ series: gap("0x5 1x3 0x50", "0x60"), at: "9m", firing: { PostgresArchiveGap: 0 } })();
});

promtoolTest("the backups' volume is watched as the data's is, and a backup without room is announced", () => {
  const job = '{job="postgres-backup",pod="postgres-backup-0"}';
  const volume = (available: string, short = "0x200") => ({
    [`holdfast_repository_available_bytes${job}`]: available,
    [`holdfast_repository_size_bytes${job}`]: "10000x200",
    [`holdfast_repository_short_bytes${job}`]: short,
  });
  alerts({
    series: volume("9000x200"),
    at: "2h",
    firing: { PostgresRepositoryFilling: 0, PostgresRepositoryFull: 0, PostgresRepositoryTooSmall: 0 },
  })();
  alerts({
    series: volume("5000-20x200"),
    at: "100m",
    firing: { PostgresRepositoryFilling: 1, PostgresRepositoryFull: 0 },
  })();
  alerts({
    series: volume("900x200", "1000x200"),
    at: "30m",
    firing: { PostgresRepositoryFull: 1, PostgresRepositoryTooSmall: 1 },
  })();
});

promtoolTest("a backup that is late, failed or never made is a ticket", () => {
  const last = (value: string) => ({
    'holdfast_backup_last_timestamp_seconds{job="postgres-backup",pod="postgres-backup-0"}': value,
  });
  const failed = (started: number) => ({
    'kube_job_status_start_time{namespace="shop",job_name="postgres-backup-1"}': `${started}x40`,
    'kube_job_status_failed{namespace="shop",job_name="postgres-backup-1",reason="BackoffLimitExceeded"}': "1x40",
  });
  const hourly = { interval: "1h" };
  alerts({ ...hourly, series: last("3600x40"), at: "20h", firing: { PostgresBackupLate: 0, PostgresBackupNone: 0 } })();
  alerts({ ...hourly, series: last("3600x40"), at: "30h", firing: { PostgresBackupLate: 1 } })();
  alerts({ ...hourly, series: last("0x40"), at: "30h", firing: { PostgresBackupNone: 1, PostgresBackupLate: 0 } })();
  alerts({
    ...hourly,
    series: { ...last("3600x40"), ...failed(7200) },
    at: "5h",
    firing: { PostgresBackupFailed: 1 },
  })();
  alerts({
    ...hourly,
    series: { ...last("36000x40"), ...failed(7200) },
    at: "12h",
    firing: { PostgresBackupFailed: 0 },
  })();
});

promtoolTest(
  "what an administrator forgot, and what the guard did, is told",
  alerts({
    series: {
      ...each("patroni_is_paused", "1x90", "1x90", "1x90"),
      ...each("patroni_pending_restart", "1x90", "0x90", "0x90"),
      ...each("patroni_failsafe_mode_is_active", "1x90", "0x90", "0x90"),
      'holdfast_guard_locks_expired_total{job="postgres-agent",pod="postgres-1"}': "0x65 1x20",
      'holdfast_roles_current{job="postgres-agent",pod="postgres-0"}': "0x90",
    },
    at: "70m",
    firing: {
      PostgresPaused: 1,
      PostgresPendingRestart: 1,
      PostgresApiAway: 1,
      PostgresLockExpired: 1,
      PostgresRolesDiffer: 1,
    },
  }),
);

test("every alert has a runbook section of its own", () => {
  const urls = rules.flatMap((group) =>
    group.rules.flatMap((rule) => ("alert" in rule ? [rule.annotations.runbook_url] : [])),
  );
  expect(new Set(urls).size).toBe(urls.length);
  const headings = readFileSync(join(__dirname, "runbook.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("## "))
    .map((line) => line.slice(3).toLowerCase().replaceAll(" ", "-"));
  expect(headings).toEqual(expect.arrayContaining(urls.map((url) => url.split("#")[1])));
});

import type { RuleGroup } from "../common/observability";
import type { RedisSettings } from "./completed";
import { FULL_SHARE, OVERFULL_SHARE, QUORUM, SENTINELS } from "./settings";

/** What matters for the availability of a Redis named `name`. Ranges are at least two scrapes of 60 s. */
export function redisAlerts(name: string, settings: RedisSettings): RuleGroup {
  const servers = `job="${name}"`;
  const sentinels = `job="${name}-sentinel"`;
  const refused = `redis_errors_total{${servers},err=~"NOREPLICAS|OOM|MISCONF"}`;
  const memoryBound = settings.evictionPolicy === "noeviction" ? FULL_SHARE : OVERFULL_SHARE;
  const evicted = `sum by (pod) (increase(redis_evicted_keys_total{${servers}}[10m])) > 0`;
  const lasting = `sum by (pod) (redis_db_keys{${servers}}) - sum by (pod) (redis_db_keys_expiring{${servers}}) > 0`;
  return {
    name,
    rules: [
      {
        alert: "RedisNoPrimary",
        expr: `(count(redis_instance_info{${servers},role="master"}) or vector(0)) < 1`,
        for: "1m",
        labels: { severity: "page" },
        annotations: {
          summary: `${name} has had no primary for a minute`,
          description: "Nothing can be written to the cache; its clients go on without, where they can.",
          runbook_url: "components/redis/runbook.md#no-primary",
        },
      },
      {
        alert: "RedisTwoPrimaries",
        expr: `count(redis_instance_info{${servers},role="master"}) > 1`,
        for: "1m",
        labels: { severity: "page" },
        annotations: {
          summary: `${name} has {{ $value }} servers that say they are the primary`,
          runbook_url: "components/redis/runbook.md#two-primaries",
        },
      },
      {
        alert: "RedisSentinelBelowQuorum",
        expr: `(count(redis_up{${sentinels}} == 1) or vector(0)) < ${QUORUM}`,
        for: "1m",
        labels: { severity: "page" },
        annotations: {
          summary: `${name} has {{ $value }} Sentinels that answer; ${QUORUM} are needed for a failover`,
          runbook_url: "components/redis/runbook.md#sentinel-below-quorum",
        },
      },
      {
        alert: "RedisSentinelMissing",
        expr: `(count(redis_up{${sentinels}} == 1) or vector(0)) < ${SENTINELS}`,
        for: "10m",
        labels: { severity: "ticket" },
        annotations: {
          summary: `${name} has had only {{ $value }} of ${SENTINELS} Sentinels for 10 minutes`,
          runbook_url: "components/redis/runbook.md#sentinel-missing",
        },
      },
      {
        alert: "RedisReplicaMissing",
        expr: `max(redis_connected_slaves{${servers}}) < ${settings.replicas - 1}`,
        for: "5m",
        labels: { severity: "ticket" },
        annotations: {
          summary: `${name}'s primary has {{ $value }} of ${settings.replicas - 1} replicas`,
          description: "With none left, writes are refused: they would be acknowledged without a copy.",
          runbook_url: "components/redis/runbook.md#replica-missing",
        },
      },
      {
        alert: "RedisMemoryFull",
        expr: `redis_memory_used_bytes{${servers}} / (redis_memory_max_bytes{${servers}} > 0) > ${memoryBound}`,
        for: "5m",
        labels: { severity: "ticket" },
        annotations: {
          summary: `${name}: {{ $labels.pod }} uses {{ $value | humanizePercentage }} of its maxmemory`,
          runbook_url: "components/redis/runbook.md#memory-full",
        },
      },
      // Who has chosen a policy knows that keys go; by default it may be a queue that does.
      ...(settings.evictionChosen
        ? []
        : [
            {
              alert: "RedisEvictsLastingKeys",
              expr: `(${evicted}) and on (pod) (${lasting})`,
              labels: { severity: "ticket" as const },
              annotations: {
                summary: `${name} evicts keys, and {{ $labels.pod }} holds some that were to stay`,
                description:
                  "A queue, a session or a lock has no end, and may have been thrown away. Choose an evictionPolicy.",
                runbook_url: "components/redis/runbook.md#evicts-lasting-keys",
              },
            },
          ]),
      {
        alert: "RedisWritesRefused",
        // The second half sees a counter that was born with its first error: an increase needs two samples.
        expr:
          `(sum(increase(${refused}[5m])) or vector(0)) + (sum(${refused} unless ${refused} offset 5m) or ` +
          "vector(0)) > 0",
        labels: { severity: "page" },
        annotations: {
          summary: `${name} refused {{ $value | humanize }} writes within 5 minutes`,
          description:
            "No replica follows (NOREPLICAS), the memory is full (OOM), or the volume cannot be written (MISCONF).",
          runbook_url: "components/redis/runbook.md#writes-refused",
        },
      },
      ...(settings.persistence === "aof"
        ? [
            {
              alert: "RedisAppendOnlyFileFails",
              expr: `redis_aof_last_write_status{${servers}} == 0`,
              for: "1m",
              labels: { severity: "page" as const },
              annotations: {
                summary: `${name}: {{ $labels.pod }} cannot write its append-only file`,
                runbook_url: "components/redis/runbook.md#append-only-file",
              },
            },
          ]
        : []),
    ],
  };
}

/** The exporter serves about 250 series a pod; these are the ones that alerts and the dashboard read. */
export const KEPT_SERIES =
  "redis_(up|instance_info|connected_clients|connected_slaves|memory_used_bytes|memory_max_bytes|keyspace_(hits|misses)_total" +
  "|commands_processed_total|db_keys|db_keys_expiring|evicted_keys_total|expired_keys_total|rejected_connections_total" +
  "|errors_total|master_link_up|master_repl_offset|connected_slave_lag_seconds|aof_last_write_status|uptime_in_seconds" +
  "|sentinel_(masters|master_status|master_ok_sentinels|master_ok_slaves))|up|scrape_.*";

import { dashboard, panel } from "../common/dashboard";

/** Dashboard of a Redis named `name`: is it whole, is it useful, is it full. */
export function redisDashboard(name: string): object {
  const servers = `job="${name}"`;
  const sentinels = `job="${name}-sentinel"`;
  return dashboard(name, `Redis ${name}`, [
    panel("Role", "short", [`redis_instance_info{${servers}}`, "{{pod}} {{role}}"]),
    panel("Replicas of the primary", "short", [`max(redis_connected_slaves{${servers}})`, "connected"]),
    panel("Replication offset", "short", [`redis_master_repl_offset{${servers}}`, "{{pod}}"]),
    panel(
      "Sentinels that answer, and what each of them sees",
      "short",
      [`sum(redis_up{${sentinels}})`, "answering"],
      [`redis_sentinel_master_ok_sentinels{${sentinels}}`, "{{pod}} sees Sentinels"],
      [`redis_sentinel_master_ok_slaves{${sentinels}}`, "{{pod}} sees replicas"],
    ),
    panel("Share of reads found", "percentunit", [
      `sum(rate(redis_keyspace_hits_total{${servers}}[5m])) / ` +
        `(sum(rate(redis_keyspace_hits_total{${servers}}[5m])) + ` +
        `sum(rate(redis_keyspace_misses_total{${servers}}[5m])) > 0 or vector(1))`,
      "found",
    ]),
    panel("Commands", "reqps", [`rate(redis_commands_processed_total{${servers}}[5m])`, "{{pod}}"]),
    panel(
      "Memory for data",
      "bytes",
      [`redis_memory_used_bytes{${servers}}`, "{{pod}} used"],
      [`max(redis_memory_max_bytes{${servers}})`, "maxmemory"],
    ),
    panel(
      "Keys evicted and expired",
      "ops",
      [`sum(rate(redis_evicted_keys_total{${servers}}[5m]))`, "evicted"],
      [`sum(rate(redis_expired_keys_total{${servers}}[5m]))`, "expired"],
    ),
    panel("Clients", "short", [`redis_connected_clients{${servers}}`, "{{pod}}"]),
    panel("Errors answered", "ops", [
      `sum by (err) (rate(redis_errors_total{${servers}}[5m])) or vector(0)`,
      "{{err}}",
    ]),
  ]);
}

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { storedText } from "../common/stored";
import type { RedisSettings } from "./completed";
import { DATA_PATH, PRIMARY_NAME, REDIS_PORT, RUN_PATH, SENTINEL_PORT } from "./names";
import {
  BACKLOG_MIB,
  DOWN_AFTER_AT_START_MS,
  FAILOVER_TIMEOUT_MS,
  MIN_REPLICAS,
  MIN_REPLICAS_MAX_LAG_S,
  REPLICA_BUFFER_MIB,
} from "./settings";

/** The part of a server's configuration that is the same for every pod; the agent adds role, address and accounts. */
function redisConf(settings: RedisSettings): string {
  return lines([
    `port ${REDIS_PORT}`,
    "bind * -::*",
    // Protected mode refuses remote clients where no password is set; here accounts and network policies do that.
    "protected-mode no",
    `dir ${DATA_PATH}`,
    `appendonly ${settings.persistence === "aof" ? "yes" : "no"}`,
    "appendfsync everysec",
    // No snapshots beside the append-only file: a replica is fed over the network without one.
    'save ""',
    "repl-diskless-sync yes",
    "repl-diskless-sync-delay 0",
    `repl-backlog-size ${BACKLOG_MIB}mb`,
    // Its hard bound; the backlog is in it (Valkey keeps one buffer for both).
    `client-output-buffer-limit replica ${REPLICA_BUFFER_MIB}mb 0 0`,
    "repl-ping-replica-period 2",
    "repl-timeout 20",
    `maxmemory ${settings.maxmemory}mb`,
    `maxmemory-policy ${settings.evictionPolicy}`,
    `min-replicas-to-write ${MIN_REPLICAS}`,
    `min-replicas-max-lag ${MIN_REPLICAS_MAX_LAG_S}`,
    `replica-announce-port ${REDIS_PORT}`,
    "primaryuser operator",
    "tcp-keepalive 60",
  ]);
}

/** The part of a Sentinel's configuration that is the same for every pod; the agent adds members and accounts. */
function sentinelConf(): string {
  return lines([
    `port ${SENTINEL_PORT}`,
    "bind * -::*",
    "protected-mode no",
    `dir ${RUN_PATH}`,
    `sentinel announce-port ${SENTINEL_PORT}`,
    "sentinel resolve-hostnames no",
    "sentinel deny-scripts-reconfig yes",
    `sentinel down-after-milliseconds ${PRIMARY_NAME} ${DOWN_AFTER_AT_START_MS}`,
    `sentinel failover-timeout ${PRIMARY_NAME} ${FAILOVER_TIMEOUT_MS}`,
    `sentinel parallel-syncs ${PRIMARY_NAME} 1`,
  ]);
}

/** Files mounted into a server's pod at `AGENT_PATH`. */
export const serverFiles = (settings: RedisSettings): Record<string, string> => ({
  "redis.conf": redisConf(settings),
  ...agent(),
});

/** Files mounted into a Sentinel's pod at `AGENT_PATH`. */
export const sentinelFiles = (): Record<string, string> => ({ "sentinel.conf": sentinelConf(), ...agent() });

/** The agent's modules, as they lie beside this file. */
function agent(): Record<string, string> {
  const folder = join(__dirname, "agent");
  const modules = readdirSync(folder).filter((file) => file.endsWith(".py"));
  return Object.fromEntries(modules.sort().map((file) => [file, storedText(folder, file)]));
}

const lines = (entries: string[]): string => `${entries.join("\n")}\n`;

import { storedText } from "../common/stored";
import type { RedisSettings } from "./completed";
import {
  BACKLOG_MIB,
  DOWN_AFTER_AT_START_MS,
  FAILOVER_TIMEOUT_MS,
  MIN_REPLICAS,
  MIN_REPLICAS_MAX_LAG_S,
  PRIMARY_NAME,
  REDIS_PORT,
  REPLICA_BUFFER_MIB,
  SENTINEL_PORT,
  SERVER_MIB,
} from "./settings";

/** Where the scripts and configurations are mounted. */
export const SCRIPTS_PATH = "/opt/redis";
/** Where the passwords are mounted, a file each. */
export const ACCOUNTS_PATH = "/run/secrets/redis";
/** Scratch space in memory: the rendered configuration, which holds passwords, never reaches a disk. */
export const RUN_PATH = "/run/redis";
/** The volume. */
export const DATA_PATH = "/data";

/**
 * Memory limit of a server's container, in MiB. The data counts twice: a child that writes the append-only file anew or
 * feeds a replica shares its pages with the server, and under writes ends with a copy of each.
 */
export function serverMemoryMiB(maxmemory: number): number {
  return 2 * maxmemory + BACKLOG_MIB + REPLICA_BUFFER_MIB + SERVER_MIB;
}

/**
 * The part of a server's configuration that is the same for every pod; the start script adds role, address and
 * accounts.
 */
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

/**
 * The part of a Sentinel's configuration that is the same for every pod; the start script adds members and accounts.
 */
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

/** Files mounted into a server's pod at {@link SCRIPTS_PATH}. */
export function serverFiles(settings: RedisSettings): Record<string, string> {
  return {
    "redis.conf": redisConf(settings),
    ...scripts("lib.sh", "probe.sh", "keep-passwords.sh", "watch-role.sh", "start-redis.sh", "hand-over.sh"),
  };
}

/** Files mounted into a Sentinel's pod at {@link SCRIPTS_PATH}. */
export function sentinelFiles(): Record<string, string> {
  return {
    "sentinel.conf": sentinelConf(),
    ...scripts("lib.sh", "probe.sh", "keep-passwords.sh", "start-sentinel.sh", "point-service.sh"),
  };
}

function scripts(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, storedText(__dirname, "scripts", name)]));
}

function lines(entries: string[]): string {
  return `${entries.join("\n")}\n`;
}

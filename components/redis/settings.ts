import { LEAST } from "../../planner/plan/sizes";
import type { RedisArgs } from "./args";
import { AGENT_PORT, PRIMARY_NAME, REDIS_PORT, SENTINEL_PORT } from "./names";

/** What an argument is where the caller says nothing, by interface; the reference is rendered from it. */
export const DEFAULTS = {
  RedisArgs: {
    replicas: 3,
    maxmemory: LEAST.cacheMemoryMiB,
    evictionPolicy: "allkeys-lru",
    persistence: "aof",
    storage: { size: "1Gi" },
    strictSpread: false,
    passwordGeneration: 1,
  },
} as const satisfies { RedisArgs: Partial<RedisArgs> };

/** Sentinels are always three: the smallest number that survives one loss and still has a majority. */
export const SENTINELS = 3;

/** Sentinels that must agree that the primary is down, and that the agents believe: a majority. */
export const QUORUM = 2;

/** Milliseconds without an answer after which a Sentinel holds a member to be down. */
const DOWN_AFTER_MS = 2_000;
/** The same while a Sentinel starts: a whole set that starts together needs some seconds (see settle.py). */
export const DOWN_AFTER_AT_START_MS = 20_000;
/** Milliseconds a failover may take before another Sentinel tries. */
export const FAILOVER_TIMEOUT_MS = 6_000;

/**
 * Milliseconds for which a Sentinel that was kept from the CPU for two seconds distrusts its clock and decides
 * nothing; by itself 30 s, on a busy machine at the worst time. Five are enough to hear from everybody again.
 */
const TILT_MS = 5_000;

/** Replicas that must follow for a write to be acknowledged. */
export const MIN_REPLICAS = 1;
/**
 * Seconds since a replica's last word after which it no longer counts among them. It bounds how long a primary that is
 * cut off goes on acknowledging what nobody else has; replicas report once a second.
 */
export const MIN_REPLICAS_MAX_LAG_S = 5;

/**
 * Replication backlog, in MiB: a replica that was away for less than this many writes resumes instead of copying all.
 */
export const BACKLOG_MIB = 16;
/** Memory of the server without data, its clients' buffers and the exporter's questions, in MiB. */
const SERVER_MIB = 48;
/**
 * What a replica may be behind in its answers before it is cut off, in MiB: while it copies everything, all that is
 * written waits for it in the primary's memory. At 40 MB/s that is three seconds; it begins again then, from the
 * backlog or anew.
 */
export const REPLICA_BUFFER_MIB = 128;

/** Seconds the preStop hook may look for a successor, including its last round of questions. */
export const HAND_OVER_SECONDS = 12;
/** Seconds the server itself may take to stop: `shutdown-timeout`, 10 by default, and the last sync of its file. */
export const SHUTDOWN_SECONDS = 15;

/** Seconds a probe waits for the server's answer, and seconds the kubelet then gives the probe. */
export const PROBE_SECONDS = 4;
export const READINESS_SECONDS = PROBE_SECONDS + 1;

/**
 * Seconds from one step of a change of passwords to the next: each pod sees a changed Secret within about 90 (the
 * kubelet's sync).
 */
const PASSWORD_GRACE_SECONDS = 150;

/**
 * Shares of `maxmemory` in use from which somebody is told: of a server that may not evict, and refuses writes when it
 * is full; and of one that is full by design, where only what eviction can't hold down is worth a word.
 */
export const FULL_SHARE = 0.9;
export const OVERFULL_SHARE = 1.1;

/** What the agents go by, as their environment has it. What one module alone goes by stands in it. */
export const AGENT_NUMBERS = {
  PRIMARY_NAME,
  REDIS_PORT,
  SENTINEL_PORT,
  AGENT_PORT,
  QUORUM,
  DOWN_AFTER_MS,
  SETTLE_SECONDS: DOWN_AFTER_AT_START_MS / 1000,
  TILT_MS,
  MIN_REPLICAS,
  HAND_OVER_SECONDS,
  PROBE_SECONDS,
  PASSWORD_GRACE_SECONDS,
} as const;

/**
 * Memory limit of a server's container, in MiB. The data counts twice: a child that writes the append-only file anew or
 * feeds a replica shares its pages with the server, and under writes ends with a copy of each.
 */
export function serverMemoryMiB(maxmemory: number): number {
  return 2 * maxmemory + BACKLOG_MIB + REPLICA_BUFFER_MIB + SERVER_MIB;
}

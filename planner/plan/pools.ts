import { requireNumber } from "../errors";
import { erlangC, fewestServers } from "../queueing/erlang";
import { planCache } from "./cache";
import { resolveLoad, type Load } from "./load";

/** Share of transactions that may have to wait for a connection. */
const MAY_WAIT = 0.01;
/** Connections that the pools leave free, by use. PostgreSQL itself reserves the first two groups. */
export const KEPT_FREE = {
  /** A person who repairs the database (`superuser_reserved_connections`). */
  superuser: 3,
  /** The exporter, the agent, migrations and a person who looks (`reserved_connections`). */
  watchers: 5,
  patroni: 3,
  /** Replication and backups. */
  copies: 5,
} as const;

/** Connections of `max_connections` that the pools may not use. */
export const KEPT_FREE_CONNECTIONS = Object.values(KEPT_FREE).reduce((sum, kept) => sum + kept, 0);

/** Pods of each of the two poolers: when one is lost, the other carries all traffic. */
export const PODS_PER_POOLER = 2;

/** Sizes of every pool between a web pod and a database process. Each is a number of connections. */
export interface PoolPlan {
  /** Share of reads that the cache answers, 0 without one. */
  hitRatio: number;
  /** Transactions a second that reach the primary, and the replicas, at the peak. */
  writeRate: number;
  readRate: number;
  /** `readRate` without the cache: what the read pool is sized for. */
  readRateWithoutCache: number;
  /** Pool in a web pod, for the primary and for the replicas. */
  perPod: { write: number; read: number };
  /** PgBouncer `default_pool_size` of each pooler: enough for all traffic with the other pooler lost. */
  perPooler: { write: number; read: number };
  /** PgBouncer `max_client_conn`: every web pod, a surge pod included, on one pooler. */
  maxClientConnections: number;
  /** Postgres `max_connections` of every member, since each may become the primary. */
  maxConnections: number;
  /** Memory the cache needs as `maxmemory`, in MiB; absent without a cache. */
  cacheMemoryMiB?: number;
}

/**
 * Fewest connections with which at most one transaction in a hundred has to wait: M/M/c, with the connections as
 * servers. This assumes that transactions do not slow each other down, so measure `transactionMs` under load.
 */
export function poolSize(rate: number, transactionMs: number): number {
  requireNumber("rate", rate, { atLeast: 0, unit: "/s" });
  requireNumber("transactionMs", transactionMs, { above: 0, unit: " ms" });
  const load = (rate * transactionMs) / 1000;
  let size = fewestServers(load);
  while (erlangC(size, load) > MAY_WAIT) size++;
  return size;
}

/**
 * Sizes the pools for the peak with one pooler pod lost and no cache, because neither may be an outage.
 *
 * @param maxReplicas most web pods, the HPA's maximum
 */
export function planPools(load: Load, { maxReplicas }: { maxReplicas: number }): PoolPlan {
  const { peakRate, writeShare, transactionMs, cache } = resolveLoad(load);
  requireNumber("maxReplicas", maxReplicas, { atLeast: 1, whole: true });
  const writeRate = peakRate * writeShare;
  const readRateWithoutCache = peakRate - writeRate;
  const cached = cache && readRateWithoutCache > 0 ? planCache(cache, readRateWithoutCache) : undefined;
  const size = (rate: number): number => poolSize(rate, transactionMs);
  const perPod = { write: size(writeRate / maxReplicas), read: size(readRateWithoutCache / maxReplicas) };
  const perPooler = { write: size(writeRate), read: size(readRateWithoutCache) };
  return {
    hitRatio: cached?.hitRatio ?? 0,
    writeRate,
    readRate: readRateWithoutCache * (1 - (cached?.hitRatio ?? 0)),
    readRateWithoutCache,
    perPod,
    perPooler,
    maxClientConnections: roundUp((maxReplicas + 1) * Math.max(perPod.write, perPod.read), 50),
    // With no standby left the primary serves the reads too, through the same poolers.
    maxConnections: roundUp(PODS_PER_POOLER * (perPooler.write + perPooler.read) + KEPT_FREE_CONNECTIONS, 10),
    ...(cached ? { cacheMemoryMiB: cached.maxMemoryMiB } : {}),
  };
}

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

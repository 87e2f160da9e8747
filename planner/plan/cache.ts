import { requireNumber } from "../errors";
import type { CacheLoad } from "./load";

/**
 * Bytes an entry costs beyond its value: key, object header, expiry, and the allocator's rounding (measured on
 * Redis-protocol servers at 60–100).
 */
const ENTRY_OVERHEAD = 100;
/** A copy-on-write rewrite and fragmentation want room beyond the data; a third of it, rounded up to whole 32 MiB. */
const HEADROOM = 4 / 3;
const STEP_MIB = 32;

/** What the cache takes off the database, and how large it must be. */
export interface CachePlan {
  /** Share of reads served from the cache. */
  hitRatio: number;
  /** Items present at a time, on average. */
  itemsHeld: number;
  /** `maxmemory`, in MiB. */
  maxMemoryMiB: number;
}

/**
 * Hit ratio of a cache aside with a fixed lifetime: an item asked for λ times a second misses once, then hits for `ttl`
 * seconds, λ·ttl times on average, so its hit ratio is λ·ttl/(1 + λ·ttl). The items' shares follow Zipf's law.
 * Source: Jung, Berger and Balakrishnan, *Modeling TTL-based Internet Caches*, INFOCOM 2003.
 *
 * @param readRate reads per second over all items
 */
export function planCache(cache: CacheLoad, readRate: number): CachePlan {
  requireNumber("cache.items", cache.items, { atLeast: 1, atMost: 10_000_000, whole: true });
  requireNumber("cache.itemBytes", cache.itemBytes, { above: 0, unit: " bytes" });
  requireNumber("cache.ttlSeconds", cache.ttlSeconds, { above: 0, unit: " s" });
  const skew = cache.skew ?? 0.8;
  requireNumber("cache.skew", skew, { atLeast: 0 });
  const weights = Float64Array.from({ length: cache.items }, (_, rank) => (rank + 1) ** -skew);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let hitRatio = 0;
  for (const weight of weights) {
    const share = weight / total;
    const perLifetime = readRate * share * cache.ttlSeconds;
    hitRatio += (share * perLifetime) / (1 + perLifetime);
  }
  // Misses enter, each stays for its lifetime: Little's law.
  const itemsHeld = readRate * (1 - hitRatio) * cache.ttlSeconds;
  const mebibytes = (itemsHeld * (cache.itemBytes + ENTRY_OVERHEAD) * HEADROOM) / 2 ** 20;
  return { hitRatio, itemsHeld, maxMemoryMiB: Math.max(STEP_MIB, Math.ceil(mebibytes / STEP_MIB) * STEP_MIB) };
}

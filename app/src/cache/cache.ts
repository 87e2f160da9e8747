import type { Store } from "./redis-store.js";

/** How a look-up ended; `unavailable` is a store that gave no answer. */
export type LookUp = "hit" | "miss" | "unavailable";

/** A value and where it came from. */
export interface Cached<T> {
  value: T;
  /** Whether the store had it, so that the source was not asked. */
  hit: boolean;
  /** When the store forgets it, in milliseconds since 1970. */
  expiresAt: number;
}

interface Entry<T> {
  value: T;
  /** What it cost to make, in milliseconds. */
  costMs: number;
  expiresAt: number;
}

/** Settings of a {@link Cache}; the last two exist for tests. */
export interface CacheOptions {
  store: Store;
  ttlMs: number;
  /** Counts look-ups by the kind of thing that was looked up. */
  onLookUp: (kind: string, result: LookUp) => void;
  now?: () => number;
  /** Uniform in [0, 1). */
  random?: () => number;
}

/**
 * Cache aside: it is asked first, and filled from the source on a miss. It is never the only copy, and its failure is
 * never an error of the request.
 *
 * Two measures protect the database when a hot key expires. Within this process only one load per key runs at a time
 * (single flight). Across processes each reader may renew a value a little *before* it expires, with a probability that
 * grows towards the end (XFetch: Vattani, Chierichetti, Lowenstein, "Optimal Probabilistic Cache Stampede Prevention",
 * PVLDB 8(8), 2015).
 */
export class Cache {
  readonly #flights = new Map<string, Promise<Cached<unknown>>>();
  readonly #now: () => number;
  readonly #random: () => number;

  constructor(private readonly options: CacheOptions) {
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
  }

  /**
   * @param kind what `key` is, for the metrics.
   * @param load asks the source. Its exceptions go to the caller, and nothing is cached then.
   */
  async through<T>(kind: string, key: string, load: () => Promise<T>): Promise<Cached<T>> {
    const found = await this.#look<T>(kind, key);
    if (found.entry === undefined) return this.#fill(key, load, found.result !== "unavailable");
    // The reader does not wait for the early renewal. If it fails, a later reader renews the value.
    if (this.#renewEarly(found.entry)) this.#fill(key, load, true).catch(() => undefined);
    return { value: found.entry.value, hit: true, expiresAt: found.entry.expiresAt };
  }

  /** @returns undefined when it is not there or the store doesn't answer. */
  async peek<T>(kind: string, key: string): Promise<T | undefined> {
    return (await this.#look<T>(kind, key)).entry?.value;
  }

  /** Keeps something made from other cached values, until the given time (milliseconds since 1970). */
  async keep(key: string, value: unknown, expiresAt: number): Promise<void> {
    await this.#store(key, { value, costMs: 0, expiresAt });
  }

  async #look<T>(kind: string, key: string): Promise<{ result: LookUp; entry?: Entry<T> }> {
    let result: LookUp = "unavailable";
    let entry: Entry<T> | undefined;
    try {
      const text = await this.options.store.get(key);
      result = "miss"; // also for a value of another program, which is then replaced
      entry = parseEntry<T>(text);
      if (entry !== undefined) result = "hit";
    } catch {
      // No answer, or one that isn't JSON.
    }
    this.options.onLookUp(kind, result);
    return { result, entry };
  }

  /** XFetch with β = 1: renew when now − cost·ln(rand) reaches the expiry. */
  #renewEarly({ costMs, expiresAt }: Entry<unknown>): boolean {
    // 1 − random: uniform in (0, 1], whose logarithm is finite.
    return this.#now() - costMs * Math.log(1 - this.#random()) >= expiresAt;
  }

  #fill<T>(key: string, load: () => Promise<T>, storeAnswers: boolean): Promise<Cached<T>> {
    const flying = this.#flights.get(key) as Promise<Cached<T>> | undefined;
    if (flying) return flying;
    const flight = this.#load(key, load, storeAnswers).finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }

  async #load<T>(key: string, load: () => Promise<T>, storeAnswers: boolean): Promise<Cached<T>> {
    const start = this.#now();
    const value = await load();
    const costMs = this.#now() - start;
    const expiresAt = this.#now() + this.options.ttlMs;
    // Waits for the store, so that a client that has this answer finds it in the cache. Skipped if the store just
    // failed.
    if (storeAnswers) await this.#store(key, { value, costMs, expiresAt });
    return { value, hit: false, expiresAt };
  }

  async #store(key: string, entry: Entry<unknown>): Promise<void> {
    const ttlMs = Math.floor(entry.expiresAt - this.#now());
    if (ttlMs <= 0) return;
    try {
      await this.options.store.set(key, JSON.stringify(entry), ttlMs);
    } catch {
      // Not kept: the next reader asks the source again.
    }
  }
}

function parseEntry<T>(text: string | null): Entry<T> | undefined {
  if (text === null) return undefined;
  const parsed = JSON.parse(text) as Partial<Entry<T>> | null;
  return typeof parsed?.expiresAt === "number" && typeof parsed.costMs === "number" ? (parsed as Entry<T>) : undefined;
}

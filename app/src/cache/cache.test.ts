import { describe, expect, it } from "vitest";
import { Cache, type LookUp } from "./cache.js";
import type { Store } from "./redis-store.js";

class MemoryStore implements Store {
  readonly entries = new Map<string, { value: string; ttlMs: number }>();
  broken = false;

  async get(key: string) {
    if (this.broken) throw new Error("no answer");
    return this.entries.get(key)?.value ?? null;
  }

  async set(key: string, value: string, ttlMs: number) {
    if (this.broken) throw new Error("no answer");
    this.entries.set(key, { value, ttlMs });
  }
}

function fixture(random = 0) {
  const store = new MemoryStore();
  const clock = { now: 1_000_000 };
  const lookUps: LookUp[] = [];
  const cache = new Cache({
    store,
    ttlMs: 300_000,
    onLookUp: (_kind, result) => lookUps.push(result),
    now: () => clock.now,
    random: () => random,
  });
  let loads = 0;
  /** A source that takes 1 s. */
  const load = async () => {
    clock.now += 1_000;
    return ++loads;
  };
  return { store, clock, lookUps, cache, load, loads: () => loads };
}

describe("the cache", () => {
  it("asks the source once and then the store, for the time to live", async () => {
    const { cache, load, store, lookUps } = fixture();
    expect(await cache.through("thing", "thing_1", load)).toMatchObject({ value: 1, hit: false });
    expect(await cache.through("thing", "thing_1", load)).toMatchObject({ value: 1, hit: true });
    expect(store.entries.get("thing_1")?.ttlMs).toBe(300_000);
    expect(lookUps).toEqual(["miss", "hit"]);
  });

  it("loads a key once for all who ask at the same time", async () => {
    const { cache, load, loads } = fixture();
    const answers = await Promise.all(Array.from({ length: 50 }, () => cache.through("thing", "k", load)));
    expect(answers.map(({ value }) => value)).toEqual(Array(50).fill(1));
    expect(loads()).toBe(1);
  });

  it("passes the source's failure on, keeps nothing of it, and asks again", async () => {
    const { cache, load, store } = fixture();
    await expect(cache.through("thing", "k", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(store.entries.size).toBe(0);
    expect(await cache.through("thing", "k", load)).toMatchObject({ value: 1, hit: false });
  });

  it("without a store is only slower", async () => {
    const { cache, load, store, lookUps } = fixture();
    store.broken = true;
    expect(await cache.through("thing", "k", load)).toMatchObject({ value: 1, hit: false });
    expect(await cache.peek("thing", "k")).toBeUndefined();
    await cache.keep("k", "v", Number.MAX_SAFE_INTEGER);
    expect(lookUps).toEqual(["unavailable", "unavailable"]);
  });

  it.each(["not JSON", "null", "{}", '"text"'])("replaces %s, which it didn't put there", async (foreign) => {
    const { cache, load, store } = fixture();
    await store.set("k", foreign, 1);
    expect(await cache.through("thing", "k", load)).toMatchObject({ value: 1, hit: false });
    expect(await cache.through("thing", "k", load)).toMatchObject({ value: 1, hit: true });
  });

  it("keeps nothing that has expired", async () => {
    const { cache, clock, store } = fixture();
    await cache.keep("k", "v", clock.now);
    expect(store.entries.size).toBe(0);
  });
});

describe("early renewal (XFetch)", () => {
  // The entry cost 1 s. With rand = e⁻⁵ it is renewed in the last 5 s of its life, and not before.
  const unlikely = 1 - Math.exp(-5);

  it("renews behind the reader's back shortly before the end", async () => {
    const { cache, clock, load, loads } = fixture(unlikely);
    await cache.through("thing", "k", load);
    clock.now += 295_500;
    expect(await cache.through("thing", "k", load)).toMatchObject({ value: 1, hit: true });
    expect(loads()).toBe(2);
    expect(await cache.through("thing", "k", load)).toMatchObject({ value: 2, hit: true });
  });

  it("does not renew long before the end", async () => {
    const { cache, clock, load, loads } = fixture(unlikely);
    await cache.through("thing", "k", load);
    clock.now += 294_500;
    await cache.through("thing", "k", load);
    expect(loads()).toBe(1);
  });

  it("that fails is nobody's error", async () => {
    const { cache, clock, load } = fixture(unlikely);
    await cache.through("thing", "k", load);
    clock.now += 299_000;
    const broken = () => Promise.reject(new Error("source away"));
    expect(await cache.through("thing", "k", broken)).toMatchObject({ value: 1, hit: true });
  });
});

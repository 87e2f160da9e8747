import { describe, expect, it } from "vitest";
import { erlangC } from "../queueing/erlang";
import { planCache } from "./cache";
import { planPools, poolSize } from "./pools";

/** Of the plan whose pools are sized. */
const load = { rate: 200, serviceTimeMs: 20 };

describe("pools and cache", () => {
  it("sizes a pool so that one transaction in a hundred waits at most", () => {
    for (const [rate, ms] of [
      [40, 5],
      [360, 5],
      [2000, 12],
    ] as const) {
      const size = poolSize(rate, ms);
      expect(erlangC(size, (rate * ms) / 1000)).toBeLessThanOrEqual(0.01);
      expect(size === 1 || (rate * ms) / 1000 >= size - 1 || erlangC(size - 1, (rate * ms) / 1000) > 0.01).toBe(true);
    }
  });

  it("keeps every connection that may be opened within max_connections", () => {
    const pools = planPools(load, { maxReplicas: 22 });
    expect(pools).toMatchObject({
      perPod: { write: 1, read: 2 },
      perPooler: { write: 3, read: 7 },
      maxClientConnections: 50,
      maxConnections: 40,
    });
    expect(2 * (pools.perPooler.write + pools.perPooler.read)).toBeLessThan(pools.maxConnections);
  });

  it("gives the hit ratio of a fixed lifetime: λ·ttl/(1 + λ·ttl) when all items are alike", () => {
    const plan = planCache({ items: 1000, itemBytes: 1024, ttlSeconds: 300, skew: 0 }, 50);
    expect(plan.hitRatio).toBeCloseTo(15 / 16, 10);
    expect(plan.itemsHeld).toBeCloseTo((1000 * 15) / 16, 6);
    expect(planCache({ items: 1000, itemBytes: 1024, ttlSeconds: 300, skew: 0.8 }, 1).hitRatio).toBeGreaterThan(
      planCache({ items: 1000, itemBytes: 1024, ttlSeconds: 300, skew: 0 }, 1).hitRatio,
    );
  });
});

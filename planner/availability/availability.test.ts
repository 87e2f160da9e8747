import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { binomial, kOfN } from "./binomial";
import { INTERRUPTIONS, interruptedMinutes } from "./interruptions";
import { stackAvailability } from "./stack";
import { downtimeMinutes, series } from "./structure";
import { replicasToKeep, survivors, tiersAvailability, type Tier } from "./tiers";

const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });

describe("binomial availability", () => {
  it("corrects the source article's P(X = 7), n = 10, p = 0.9: 0.0574, not 0.003", () => {
    expect(binomial(10, 7, 0.9)).toBeCloseTo(0.0574, 4);
  });

  it("is what counting all 2ⁿ states gives", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 0, max: 10 }), share, (n, needed, up) => {
        let counted = 0;
        for (let state = 0; state < 2 ** n; state++) {
          const alive = bits(state, n).filter(Boolean).length;
          if (alive >= needed) counted += up ** alive * (1 - up) ** (n - alive);
        }
        expect(kOfN(needed, n, up)).toBeCloseTo(counted, 10);
      }),
    );
  });

  it("is one less the product of the downtimes for any one of them, and the product for all", () => {
    expect(kOfN(1, 3, 0.9)).toBeCloseTo(0.999, 12);
    expect(kOfN(3, 3, 0.9)).toBeCloseTo(series(0.9, 0.9, 0.9), 12);
    expect(kOfN(4, 3, 0.9)).toBe(0);
  });

  it("turns an availability into minutes of downtime a year", () => {
    expect(downtimeMinutes(0.9995)).toBeCloseTo(262.98, 2);
  });
});

describe("tiers over zones", () => {
  it("is what counting every state of every zone and every replica gives", () => {
    const tiers: Tier[] = [
      { name: "a", replicas: 2, needed: 1 },
      { name: "b", replicas: 5, needed: 3 },
      { name: "c", replicas: 3, needed: 2 },
    ];
    for (const zones of [1, 2, 3]) {
      expect(tiersAvailability(tiers, zones, 0.97, 0.9)).toBeCloseTo(counted(tiers, zones, 0.97, 0.9), 12);
    }
  });

  it("knows what the fullest zone takes with it", () => {
    expect([survivors(3, 2), survivors(4, 2), survivors(5, 3), survivors(1, 1)]).toEqual([1, 2, 3, 0]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 2, max: 6 }), (needed, zones) => {
        const replicas = replicasToKeep(needed, zones);
        expect(survivors(replicas, zones)).toBeGreaterThanOrEqual(needed);
        expect(survivors(replicas - 1, zones)).toBeLessThan(needed);
      }),
    );
  });
});

describe("the stack", () => {
  const shape = { balancers: 2, web: { replicas: 14, needed: 7 }, database: { replicas: 3, needed: 2 } };

  it("says what two zones cost a three-member database that needs two for a write", () => {
    const required = stackAvailability({ ...shape, zones: 2 });
    const preferred = stackAvailability({ ...shape, zones: 2, database: { replicas: 3, needed: 1 } });
    // Every outage of the zone with two members stops writes: 60 minutes a year; without strictness only both zones at
    // once do.
    expect(required.lostReplicas).toBeCloseTo(60, 0);
    expect(preferred.lostReplicas).toBeLessThan(1);
    expect(stackAvailability({ ...shape, zones: 3, web: { replicas: 11, needed: 7 } }).lostReplicas).toBeLessThan(1);
  });

  it("adds the interruptions no replica count removes", () => {
    expect(interruptedMinutes(INTERRUPTIONS)).toBeCloseTo(0.8 + 0.6 + 0.8 + 20, 10);
    const { downtimeMinutes: total, lostReplicas, interruptions } = stackAvailability({ ...shape, zones: 3 });
    expect(total).toBeCloseTo(lostReplicas + interruptions, 10);
  });

  it("refuses a stack in no zone", () => {
    expect(() => stackAvailability({ ...shape, zones: 0 })).toThrow("zones is 0: pods must stand in at least one zone");
  });
});

const bits = (state: number, n: number): boolean[] => Array.from({ length: n }, (_, i) => Boolean((state >> i) & 1));

/** Brute force: every zone and every replica up or down, replica i of a tier standing in zone i mod zones. */
function counted(tiers: Tier[], zones: number, zoneUp: number, replicaUp: number): number {
  const replicas = tiers.flatMap((tier, t) =>
    Array.from({ length: tier.replicas }, (_, i) => ({ t, zone: i % zones })),
  );
  let sum = 0;
  for (let state = 0; state < 2 ** (zones + replicas.length); state++) {
    const up = bits(state, zones + replicas.length);
    const probability = up.reduce(
      (p, alive, i) => p * (i < zones ? (alive ? zoneUp : 1 - zoneUp) : alive ? replicaUp : 1 - replicaUp),
      1,
    );
    const works = tiers.every(
      (tier, t) => replicas.filter((r, i) => r.t === t && up[zones + i] && up[r.zone]).length >= tier.needed,
    );
    if (works) sum += probability;
  }
  return sum;
}

import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { erlangB, erlangC } from "./erlang";

/**
 * The widely printed table "Erlang C: maximum offered load versus B and N" (as distributed by D. Tipper, University of
 * Pittsburgh): for N servers, the load in erlang at which the share that waits reaches the column's value.
 */
const COLUMNS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4];
const TABLE: Record<number, number[]> = {
  2: [0.1025, 0.1465, 0.2103, 0.3422, 0.5, 0.6278, 0.7403, 0.939, 1.117],
  3: [0.3339, 0.4291, 0.5545, 0.7876, 1.04, 1.231, 1.393, 1.667, 1.903],
  4: [0.6641, 0.81, 0.9939, 1.319, 1.653, 1.899, 2.102, 2.44, 2.725],
  5: [1.065, 1.259, 1.497, 1.905, 2.313, 2.607, 2.847, 3.241, 3.569],
};

describe("Erlang C", () => {
  it("gives the loads of the published table to its four digits", () => {
    for (const [servers, loads] of Object.entries(TABLE)) {
      for (const [column, load] of loads.entries()) {
        expect
          .soft(loadAt(Number(servers), COLUMNS[column]!) / load, `N=${servers} B=${COLUMNS[column]}`)
          .toBeCloseTo(1, 3);
      }
    }
  });

  it("gives the values that call-centre pages print for 50, 55, 100 and 132 servers", () => {
    expect(erlangC(50, 48)).toBeCloseTo(0.694456, 6);
    expect(erlangC(100, 96)).toBeCloseTo(0.587281, 6);
    expect(erlangC(55, 48)).toBeCloseTo(0.239, 3);
    expect(erlangC(132, 123)).toBeCloseTo(0.3211, 4);
  });

  it("does not overflow where factorials do: 500 servers, 487 erlang, against the same sum in exact fractions", () => {
    expect(erlangC(500, 487)).toBeCloseTo(0.4465, 4);
    expect(erlangC(500, 487)).toBeCloseTo(exactErlangC(500n, 487n), 10);
    expect(erlangC(20_000, 19_900)).toBeGreaterThan(0);
  });

  it("is the utilization for one server", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (load) => Math.abs(erlangC(1, load) - load) < 1e-12,
      ),
    );
  });

  it("falls with servers, rises with load, and stays between 0 and 1", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0.01, max: 0.98, noNaN: true }),
        (servers, utilization) => {
          const load = servers * utilization;
          const waits = erlangC(servers, load);
          expect(waits).toBeGreaterThanOrEqual(0);
          expect(waits).toBeLessThanOrEqual(1);
          expect(erlangC(servers + 1, load)).toBeLessThanOrEqual(waits);
          expect(erlangC(servers, load * 1.01)).toBeGreaterThanOrEqual(waits);
          expect(erlangB(servers, load)).toBeLessThanOrEqual(waits);
        },
      ),
    );
  });

  it("says how many servers an unstable queue needs", () => {
    // The source article's example: 10 per minute, 30 s each, one server.
    expect(() => erlangC(1, (10 / 60) * 30)).toThrow(
      "utilization is 5 erlang over 1 server = 5: at 1 or more the queue grows for ever, and no mean wait " +
        "exists. Give it at least 6 servers, or less load.",
    );
  });
});

/** The load at which the share that waits is `waits`. */
function loadAt(servers: number, waits: number): number {
  let [low, high] = [0, servers];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (erlangC(servers, middle) < waits) low = middle;
    else high = middle;
  }
  return low;
}

/** The defining sum, in whole numbers: aᶜ/c!·c/(c−a) over itself plus Σ aᵏ/k!, all times c!. */
function exactErlangC(servers: bigint, load: bigint): number {
  let term = 1n;
  for (let k = 1n; k <= servers; k++) term *= k;
  let sum = 0n;
  for (let k = 0n; k < servers; k++) {
    sum += term;
    term = (term * load) / (k + 1n);
  }
  const top = term * servers;
  return Number((top * 10n ** 15n) / (top + sum * (servers - load))) / 1e15;
}

import { describe, expect, it } from "vitest";
import type { WriteRecord } from "../load/history";
import { latencies } from "./latency";
import { measureReads, measureWrites, unansweredOf } from "./measure";
import { longestGap } from "./outage";
import { spread } from "./runs";

const clean = { lost: [], duplicates: [], deposed: [], stale: [] };

describe("longestGap", () => {
  it("is the longest time between two acknowledgements", () => {
    expect(longestGap([4000, 1000, 1020, 4020], { from: 980, to: 4040 })).toEqual({ seconds: 2.98, from: 1020 });
  });

  it("reaches to the window's end where nothing came back, and over all of it where nothing came at all", () => {
    expect(longestGap([1000], { from: 900, to: 9000 })).toEqual({ seconds: 8, from: 1000 });
    expect(longestGap([], { from: 1000, to: 3000 })).toEqual({ seconds: 2, from: 1000 });
  });
});

describe("latencies", () => {
  it("are null where nothing was answered", () => {
    expect(latencies([])).toEqual({ p50Ms: null, p99Ms: null, worstMs: null });
  });

  it("are within a thousandth of the true percentiles", () => {
    const found = latencies(Array.from({ length: 1000 }, (_, i) => i + 1));
    expect(Math.abs(found.p50Ms! / 500 - 1)).toBeLessThan(0.002);
    expect(Math.abs(found.p99Ms! / 990 - 1)).toBeLessThan(0.002);
    expect(Math.abs(found.worstMs! / 1000 - 1)).toBeLessThan(0.002);
  });
});

describe("spread", () => {
  it("interpolates between the two runs a percentile lies between", () => {
    expect(spread([3, 1, 2, 5, 4])).toEqual({ median: 3, p95: 4.8, worst: 5 });
  });

  it("is a real p95 over a hundred runs", () => {
    expect(spread(Array.from({ length: 100 }, (_, i) => i + 1))).toEqual({ median: 50.5, p95: 95.05, worst: 100 });
  });

  it("passes over runs without a value, and is null without any", () => {
    expect(spread([null, 2])).toEqual({ median: 2, p95: 2, worst: 2 });
    expect(spread([null])).toBeNull();
  });
});

describe("a run's tally", () => {
  const at = (due: number, more: Partial<WriteRecord> = {}): WriteRecord => ({
    id: `w${due}`,
    session: 1,
    due,
    sent: due,
    answered: due + 10,
    outcome: "acknowledged",
    ...more,
  });
  // Steady at 50/s, then from 10.0 s on three seconds in which writes wait for 13.0 s, and one that fails.
  const writes = [
    ...Array.from({ length: 500 }, (_, i) => at(i * 20)),
    ...Array.from({ length: 149 }, (_, i) => at(10_000 + i * 20, { answered: 13_000 })),
    at(12_980, { outcome: "failed", answered: 12_990 }),
    ...Array.from({ length: 100 }, (_, i) => at(13_000 + i * 20)),
  ];
  const window = { faultAt: 10_000, to: 15_000 };

  it("counts all of the run and measures the window, a wait as well as a failure", () => {
    const tally = measureWrites({ writes, reads: [], resends: [] }, { ...clean, lost: ["w0"] }, window);
    expect(tally).toMatchObject({ sent: 750, acknowledged: 749, failed: 1, lost: 1, duplicates: 0, deposed: 0 });
    expect(tally.outageSeconds).toBeCloseTo(3.01, 5);
    expect(tally.outageFromSeconds).toBeCloseTo(-0.01, 5);
    expect(tally.worstMs! / 3000).toBeCloseTo(1, 2);
  });

  it("does not let the quiet time before the fault dilute the percentiles", () => {
    const tally = measureWrites({ writes, reads: [], resends: [] }, clean, window);
    // 299 acknowledged writes are in the window, half of which waited.
    expect(tally.p99Ms).toBeGreaterThan(2900);
  });

  it("counts failures by what came instead, and those that got no answer at all", () => {
    const failed = (detail?: string) => at(1, { outcome: "failed", ...(detail === undefined ? {} : { detail }) });
    const history = {
      writes: [at(0), failed("503"), failed("503"), failed("UND_ERR_SOCKET"), failed()],
      reads: [],
      resends: [],
    };
    const tally = measureWrites(history, clean, window);
    expect(tally.failedAs).toEqual({ 503: 2, UND_ERR_SOCKET: 1, nothing: 1 });
    expect(unansweredOf(tally)).toBe(2);
  });

  it("counts stale reads", () => {
    const reads = [{ session: 1, due: 1, sent: 1, answered: 2, outcome: "acknowledged" as const }];
    expect(measureReads({ writes: [], reads, resends: [] }, { ...clean, stale: ["a"] }, window)).toMatchObject({
      sent: 1,
      stale: 1,
    });
  });
});

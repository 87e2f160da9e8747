import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { parse } from "yaml";
import { survivors } from "../availability/tiers";
import type { Prices } from "../cost/cheapest";
import { compareDisciplines, planStack } from "../stack";
import { resolveLoad, type Load, type Slo } from "./load";
import { poolOf } from "./pods";
import { expectation, planWeb } from "./web";
import { capacityWithZoneLost } from "./zone-capacity";

const load: Load = { rate: 200, serviceTimeMs: 20 };
const slo: Slo = { percentile: 99, latencyMs: 250, availability: 99.95 };
const prices = parse(readFileSync(join(__dirname, "..", "prices.yaml"), "utf8")) as Prices;

describe("planWeb", () => {
  it("sizes 200/s at 20 ms for p99 ≤ 250 ms in two zones", () => {
    const plan = planWeb(load, slo, { zones: 2 });
    expect(plan).toMatchObject({
      neededAtRate: 5,
      neededAtPeak: 9,
      minReplicas: 10,
      maxReplicas: 18,
      targetCpuUtilization: 40,
      requests: { cpu: "900m" },
      limits: { cpu: "1000m" },
    });
    expect(plan.atPeakZoneLost).toMatchObject({ keepsSlo: true, pods: 9 });
    expect(plan.atPeakZoneLost.p99Ms).toBeCloseTo(201, 0);
  });

  it("follows the algorithm: dealt out in turn, or by client address, takes more pods than the shortest queue", () => {
    const max = (algorithm: "leastconn" | "roundrobin" | "source") =>
      planWeb(load, slo, { zones: 2, algorithm }).maxReplicas;
    expect([max("leastconn"), max("roundrobin"), max("source")]).toEqual([18, 22, 26]);
  });

  it("gives the target as a share of a request that is decided elsewhere", () => {
    const own = planWeb(load, slo, { zones: 2 });
    const given = planWeb(load, slo, { zones: 2, requestCores: 0.5 });
    expect(given.requests.cpu).toBe("500m");
    expect((given.targetCpuUtilization / 100) * 0.5).toBeCloseTo((own.targetCpuUtilization / 100) * 0.9, 1);
  });

  it("keeps the promise at every load up to the peak, a zone lost, whatever size the autoscaler holds then", () => {
    fc.assert(
      fc.property(
        fc.record({
          rate: fc.integer({ min: 5, max: 400 }),
          serviceTimeMs: fc.integer({ min: 5, max: 40 }),
          variability: fc.constantFrom(0.25, 1, 2),
        }),
        fc.integer({ min: 2, max: 4 }),
        fc.constantFrom("roundrobin", "leastconn", "source", "shared"),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (some, zones, algorithm, part) => {
          const promise = { percentile: 99, latencyMs: some.serviceTimeMs * 14 };
          const plan = planWeb(some, promise, { zones, algorithm });
          const rate = some.rate + part * some.rate;
          // What the HPA holds: enough pods that their use is at most its target plus its tolerance, within its bounds.
          const used =
            (rate * some.serviceTimeMs) /
            1000 /
            ((plan.targetCpuUtilization / 100) * (parseInt(plan.requests.cpu, 10) / 1000));
          const pods = Math.min(plan.maxReplicas, Math.max(plan.minReplicas, Math.ceil(used / 1.1)));
          const left = expectation(
            poolOf(resolveLoad(some), promise, { zones, algorithm }),
            survivors(pods, zones),
            rate,
          );
          expect(left.promisedMs).toBeLessThanOrEqual(promise.latencyMs * (1 + 1e-9));
        },
      ),
      { numRuns: 30 },
    );
  });

  it("asks for more when more is asked: load, strictness, zones less, and never less than two pods", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 100, max: 400 }), (rate, latencyMs) => {
        const at = (r: number, ms: number) =>
          planWeb(
            { rate: r, serviceTimeMs: 20 },
            { percentile: 99, latencyMs: ms },
            { zones: 3, algorithm: "roundrobin" },
          );
        const plan = at(rate, latencyMs);
        expect(at(rate * 1.2, latencyMs).maxReplicas).toBeGreaterThanOrEqual(plan.maxReplicas);
        expect(at(rate, latencyMs + 50).maxReplicas).toBeLessThanOrEqual(plan.maxReplicas);
        expect(plan.minReplicas).toBeGreaterThanOrEqual(3);
        expect(plan.maxReplicas).toBeGreaterThanOrEqual(plan.minReplicas);
      }),
      { numRuns: 40 },
    );
  });

  it("counts only the busy part of a request against a pod", () => {
    const waiting = planWeb({ ...load, cpuTimeMs: 5 }, slo, { zones: 2 });
    expect(waiting.maxReplicas).toBeLessThan(planWeb(load, slo, { zones: 2 }).maxReplicas);
    expect(waiting.atPeak.meanMs).toBeGreaterThan(20);
  });

  it.each<[string, () => unknown, string]>([
    [
      "a negative rate",
      () => planWeb({ ...load, rate: -5 }, slo, { zones: 2 }),
      "rate is -5/s: it must be a number of more than 0/s. Give rate a number of more than 0/s.",
    ],
    [
      "a promise below the service time",
      () => planWeb(load, { ...slo, latencyMs: 15 }, { zones: 2 }),
      "slo p99 is 15 ms: a request takes 20 ms even on an idle server. Promise more than 20 ms, or make the " +
        "request faster.",
    ],
    [
      "a promise that idle pods break",
      () => planWeb(load, { ...slo, latencyMs: 60 }, { zones: 2 }),
      "slo p99 is 60 ms: with nothing to wait for, p99 of the response is 92 ms on 1 core",
    ],
    [
      "availability of 100 %",
      () => planWeb(load, { ...slo, availability: 100 }, { zones: 2 }),
      "slo.availability is 100 %: it must be more than 0 and less than 100",
    ],
    [
      "no zone",
      () => planWeb(load, slo, { zones: 0 }),
      "zones is 0: it must be a whole number of at least 1 and at most 10",
    ],
    [
      "a peak below the rate",
      () => planWeb({ ...load, peakRate: 100 }, slo, { zones: 2 }),
      "peakRate is 100/s: it must be a number of at least 200/s",
    ],
    [
      "not a number",
      () => planWeb({ ...load, serviceTimeMs: NaN }, slo, { zones: 2 }),
      "serviceTimeMs is NaN: it must be a number",
    ],
  ])("says in a sentence what is wrong with %s", (_, ask, sentence) => {
    expect(ask).toThrow(sentence);
  });
});

describe("capacityWithZoneLost", () => {
  it("passes the planned maximum and says by how much a smaller one falls short", () => {
    expect(capacityWithZoneLost(load, slo, { zones: 2 }, 18)).toEqual({
      carries: true,
      peakRate: 400,
      survivors: 9,
      sentence: expect.stringContaining("9 of 18 pods are left and carry the peak of 400/s"),
    });
    const short = capacityWithZoneLost(load, slo, { zones: 2 }, 12);
    expect(short).toMatchObject({ carries: false, survivors: 6, shortfall: { maxReplicasNeeded: 18 } });
    expect(short.sentence).toBe(
      "With the fullest of 2 zones lost, 6 of 12 pods are left and carry 269/s within p99 ≤ 250 ms: 131/s short " +
        "of the peak of 400/s. Set the maximum to at least 18 replicas.",
    );
  });

  it("agrees with planWeb for any load", () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 500 }), fc.integer({ min: 1, max: 4 }), (rate, zones) => {
        const { maxReplicas } = planWeb({ rate, serviceTimeMs: 20 }, slo, { zones, algorithm: "source" });
        expect(
          capacityWithZoneLost({ rate, serviceTimeMs: 20 }, slo, { zones, algorithm: "source" }, maxReplicas).carries,
        ).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe("planStack", () => {
  it("answers the whole question, consistently", () => {
    const plan = planStack({ load, slo, topology: { zones: 2 }, prices });
    expect(plan.availability.kept).toBe(true);
    expect(plan.availability.downtimeMinutes).toBeCloseTo(82.5, 1);
    expect(plan.limits.withinSlo).toBeGreaterThan(400);
    expect(plan.whatIf.find((w) => w.change === "a zone is lost")!.then.keepsSlo).toBe(true);
    expect(plan.disciplines.map((d) => d.discipline)).toEqual(["shared", "leastconn", "roundrobin", "source"]);
    expect(plan.alternatives.every((a) => a.pricePerMonth >= plan.cheapest.pricePerMonth)).toBe(true);
  });

  it("judges a given number of pods by each queue: 24,350/s at 20 ms on 500", () => {
    const rows = compareDisciplines({ rate: 24_350, serviceTimeMs: 20 }, slo, { zones: 1 }, 500, 24_350);
    expect(rows.find((r) => r.discipline === "shared")!.meanMs).toBeCloseTo(20 + (0.44647 * 20) / 13, 2);
    expect(() => compareDisciplines({ rate: 25_000, serviceTimeMs: 20 }, slo, { zones: 1 }, 500, 25_000)).toThrow(
      "at least 501 servers",
    );
  });
});

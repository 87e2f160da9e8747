import { describe, expect, it } from "vitest";
import { solveQueue, type Discipline } from "../queueing/disciplines";
import { simulateQueue } from "./queue";
import { throttled } from "./throttled";

/** |model ÷ simulation − 1|. */
const off = (model: number, measured: number): number => Math.abs(model / measured - 1);

describe("formulas against a discrete-event simulation", () => {
  it("M/M/c: mean and p95 of the wait within 2 % of 1,000,000 seeded customers", () => {
    const service = { mean: 1, variability: 1 };
    const input = { discipline: "shared", servers: 5, arrivalRate: 3.5, service, balancers: 1 } as const;
    const { wait } = solveQueue(input);
    const measured = simulateQueue({ ...input, customers: 1_000_000, seed: 20 });
    // P(W > t) = C·exp(−(cμ − λ)t), so the p95 is ln(C/0.05)/(cμ − λ).
    const p95 = Math.log(wait.probability / 0.05) / (5 - 3.5);
    expect(off(wait.mean, measured.meanWait)).toBeLessThan(0.02);
    expect(off(p95, measured.p95Wait)).toBeLessThan(0.02);
    expect(off(wait.probability, measured.waited)).toBeLessThan(0.02);
  });

  // Both queues of case C31: 4 erlang over 5 pods; a larger, busier pool; and balancers that know their own requests only.
  it.each<[Discipline, number, number, number, number]>([
    ["roundrobin", 5, 200, 1, 0.05],
    ["leastconn", 5, 200, 1, 0.05],
    ["source", 5, 200, 1, 0.05],
    ["shared", 5, 200, 1, 0.05],
    ["roundrobin", 12, 510, 1, 0.05],
    ["leastconn", 12, 510, 1, 0.05],
    ["source", 12, 510, 1, 0.05],
    ["shared", 12, 510, 1, 0.05],
    ["roundrobin", 6, 210, 2, 0.1],
    ["leastconn", 6, 210, 2, 0.1],
  ])(
    "%s over %i pods at %i/s and 20 ms behind %i balancers: mean within 5 %, p95 within %d",
    (discipline, servers, arrivalRate, balancers, tolerance) => {
      const input = { discipline, servers, arrivalRate, service: { mean: 0.02, variability: 1 }, balancers };
      const { response } = solveQueue(input);
      const measured = simulateQueue({ ...input, customers: 400_000, seed: 7 });
      expect(off(response.mean, measured.meanResponse)).toBeLessThan(0.05);
      expect(off(response.percentile(0.95), measured.p95Response)).toBeLessThan(tolerance);
    },
  );

  it("gives the same numbers again for the same seed", () => {
    const queue = { discipline: "leastconn", servers: 3, arrivalRate: 2, balancers: 1 } as const;
    const scenario = { ...queue, service: { mean: 1, variability: 2 }, customers: 2000, seed: 3 };
    expect(simulateQueue(scenario)).toEqual(simulateQueue(scenario));
  });
});

describe("a CPU limit as Linux enforces it", () => {
  it("runs at full speed within the quota and stands still when it is used up", () => {
    const work = throttled(1, { cores: 0.25 });
    expect(work(0, 0, 0.02)).toBeCloseTo(0.02, 9);
    // 5 ms of the quota are left; the other 5 ms wait for the next period at 0.1 s.
    expect(work(0, 0.02, 0.01)).toBeCloseTo(0.105, 9);
    expect(work(0, 0.5, 0.06)).toBeCloseTo(0.71, 9);
  });

  it("never does worse than a core that much slower, which is what the formulas take it for", () => {
    const input = { discipline: "source", servers: 1, balancers: 1, customers: 50_000, seed: 4 } as const;
    for (const arrivalRate of [10, 30, 50]) {
      const slower = simulateQueue({ ...input, arrivalRate, service: { mean: 0.004 / 0.25, variability: 0.2 } });
      const limited = simulateQueue({
        ...input,
        arrivalRate,
        service: { mean: 0.004, variability: 0.2 },
        bandwidth: { cores: 0.25 },
      });
      expect(limited.meanResponse).toBeLessThan(slower.meanResponse);
      expect(limited.p99Response).toBeLessThan(slower.p99Response);
    }
  });
});

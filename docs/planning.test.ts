import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { binomial } from "../planner/availability/binomial";
import { totalCost, type Prices } from "../planner/cost/cheapest";
import { planWeb } from "../planner/plan/web";
import { capacityWithZoneLost } from "../planner/plan/zone-capacity";
import { erlangC, fewestServers } from "../planner/queueing/erlang";
import { compareDisciplines, planStack } from "../planner/stack";

const read = (...path: string[]): string => readFileSync(join(__dirname, "..", ...path), "utf8");
const page = read("docs", "planning.md");
const load = { rate: 200, serviceTimeMs: 20 };
const slo = { percentile: 99, latencyMs: 250, availability: 99.95 };
const prices = parse(read("planner", "prices.yaml")) as Prices;

/** A row of the page's table of disciplines. */
const disciplineRow = (name: string): { mean: number; p99: number } => {
  const row = compareDisciplines(load, slo, { zones: 1, balancers: 1 }, 5, 200).find((r) => r.discipline === name)!;
  return { mean: Math.round(row.meanMs), p99: Math.round(row.p99Ms) };
};

describe("docs/planning.md", () => {
  it("has the errata with the values that the planner computes", () => {
    expect(() => erlangC(1, (10 / 60) * 30)).toThrow("at least 6 servers");
    expect(fewestServers(5)).toBe(6);
    expect(page).toContain(
      "ρ = λ/μ = 5: five servers' worth of work for one. W = 1/(μ − λ) holds for ρ < 1 only. It needs 6 servers " +
        "at least",
    );
    expect(page).toContain(`| 0.003 | ${binomial(10, 7, 0.9).toFixed(4)} |`);
    expect(page).toContain(
      `| 2030.7 | ${totalCost([
        { count: 1, price: 1 },
        { count: 2, price: 1000 },
        { count: 3, price: 0.7 },
      ]).toFixed(1)} |`,
    );
  });

  it("has the queues' numbers", () => {
    expect(page).toContain(`give C = ${erlangC(500, 487).toFixed(4)}`);
    for (const name of ["shared", "leastconn", "roundrobin", "source"]) {
      const { mean, p99 } = disciplineRow(name);
      expect(
        page.split("\n").some((line) => line.includes(name) && line.endsWith(`| ${mean} ms | ${p99} ms |`)),
        name,
      ).toBe(true);
    }
  });

  it("says that the models are exact for exponential service behind one balancer, and so was the simulation", () => {
    const { worst } = JSON.parse(read("docs", "results", "planner", "queues.json")) as {
      worst: { balancers: number; variability: number; mean: number; p95: number }[];
    };
    const exponential = worst.filter((w) => w.variability === 1 && w.balancers === 1);
    expect(exponential.every((w) => w.mean < 5 && w.p95 < 5)).toBe(true);
  });

  it("names the CPU of a request as it was recorded", () => {
    const { cpuMs, firstCpuMs } = JSON.parse(read("docs", "results", "planner", "live.json")) as Record<string, number>;
    expect(page).toContain(`It was ${firstCpuMs} ms at 40/s and ${cpuMs} ms at`);
  });

  it("has the example's size", () => {
    const { neededAtRate, neededAtPeak, minReplicas, maxReplicas, targetCpuUtilization, requests, atPeakZoneLost } =
      planWeb(load, slo, { zones: 2 });
    expect(page).toContain(
      `${neededAtRate} pods do at the ordinary rate and ${neededAtPeak} at the peak, so the HPA goes from ` +
        `${minReplicas} to ${maxReplicas}, at ${targetCpuUtilization} % of a request of ${requests.cpu}`,
    );
    expect(page).toContain(
      `${atPeakZoneLost.pods} pods are ${Math.round(atPeakZoneLost.utilization * 100)} % busy and p99 is ` +
        `${Math.round(atPeakZoneLost.p99Ms)} ms`,
    );
    const max = (algorithm: "roundrobin" | "source"): number => planWeb(load, slo, { zones: 2, algorithm }).maxReplicas;
    expect(page).toContain(
      `Dealt out in turn, the same takes ${max("roundrobin")}; by client address, ${max("source")}.`,
    );
    expect(page).toContain(capacityWithZoneLost(load, slo, { zones: 2 }, 12).sentence);
  });

  it("has the example's availability", () => {
    const { availability: a } = planStack({ load, slo, topology: { zones: 2 }, prices });
    expect(page).toContain(
      `${a.downtimeMinutes.toFixed(1)} minutes a year, of which ${a.lostReplicas.toFixed(1)} are zone outages ` +
        `and ${a.interruptions.toFixed(1)} failovers and releases; without zone outages the first would be ` +
        `${a.lostReplicasWithoutZones.toFixed(1)} minutes`,
    );
    const third = planStack({ load, slo, topology: { zones: 3 }, prices }).availability.lostReplicas;
    const preferred = planStack({ load, slo, topology: { zones: 2 }, durability: "preferred", prices }).availability
      .lostReplicas;
    expect(Math.max(third, preferred)).toBeLessThan(1);
  });

  it("says of the backtest what was recorded", () => {
    const recorded = JSON.parse(read("docs", "results", "planner", "forecast.json"));
    for (const shape of ["smooth", "opening"]) {
      const { holtWinters, seasonalNaive } = recorded[shape].errorPercent;
      expect(holtWinters.mean).toBeLessThan(seasonalNaive.mean / 3);
    }
    const opening = recorded.opening.policies;
    expect(opening.plainSameCost.violationSeconds.mean).toBeGreaterThan(3 * opening.withForecast.violationSeconds.mean);
  });
});

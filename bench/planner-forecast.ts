/**
 * The effect of a forecast: a plain HPA against an HPA with a forecast minimum, over 20 seeded weeks of two day shapes.
 * `npx tsx bench/planner-forecast.ts` writes docs/results/planner/forecast.json, which docs/planning.md quotes.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { max, mean, min, standardDeviation } from "simple-statistics";
import { repository } from "../local/paths";
import { backtest, type Backtest } from "../planner/simulation/backtest";
import type { DayShape } from "../planner/simulation/traffic";

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);

/** A measure over the seeds. */
function spread(values: number[]): { mean: number; deviation: number; min: number; max: number } {
  const rounded = (value: number): number => Math.round(value * 100) / 100;
  return {
    mean: rounded(mean(values)),
    deviation: rounded(standardDeviation(values)),
    min: rounded(min(values)),
    max: rounded(max(values)),
  };
}

function summary(weeks: Backtest[]): object {
  const policies = ["plain", "plainSameCost", "withNaive", "withForecast"] as const;
  return {
    errorPercent: {
      holtWinters: spread(weeks.map((w) => w.error.holtWinters)),
      seasonalNaive: spread(weeks.map((w) => w.error.seasonalNaive)),
    },
    policies: Object.fromEntries(
      policies.map((policy) => [
        policy,
        {
          violationSeconds: spread(weeks.map((w) => w[policy].violationSeconds)),
          podHours: spread(weeks.map((w) => w[policy].podHours)),
        },
      ]),
    ),
  };
}

const shapes: DayShape[] = ["smooth", "opening"];
const results = JSON.stringify(
  Object.fromEntries(
    shapes.map((shape) => [shape, { seeds: SEEDS.length, ...summary(SEEDS.map((seed) => backtest(shape, seed))) }]),
  ),
);
writeFileSync(join(repository, "docs/results/planner/forecast.json"), `${results}\n`);
console.log(results);

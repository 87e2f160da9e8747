import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../local/paths";
import type { KeptTable } from "./kept-tables";
import { table } from "./sections";

/** One of the results that `bench/planner-*.ts` write. */
const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(repository, "docs/results/planner", `${name}.json`), "utf8"));

interface QueueError {
  discipline: string;
  balancers: number;
  variability: number;
  mean: number;
  p95: number;
  p99: number;
}

/** Largest errors of the planner's queues against a simulation: a row for each kind, a column for each variability. */
export function queueTable({ worst } = read("queues") as { worst: QueueError[] }): string {
  const variabilities = [...new Set(worst.map(({ variability }) => variability))];
  const kinds = new Map(worst.map((one) => [`${one.discipline} ${one.balancers}`, one]));
  const cell = (kind: QueueError, variability: number): string => {
    const found = worst.find(
      (one) =>
        one.discipline === kind.discipline && one.balancers === kind.balancers && one.variability === variability,
    )!;
    return `${found.mean} / ${found.p95} / ${found.p99}`;
  };
  return table(
    ["queue", "balancers", ...variabilities.map((value) => `cs² = ${value}: mean / p95 / p99`)],
    [...kinds.values()].map((kind) => [
      kind.discipline,
      String(kind.balancers),
      ...variabilities.map((variability) => cell(kind, variability)),
    ]),
  );
}

/** Mean and standard deviation over the seeds, with least and most. */
interface Spread {
  mean: number;
  deviation: number;
  min: number;
  max: number;
}
interface Shape {
  errorPercent: { holtWinters: Spread; seasonalNaive: Spread };
  policies: Record<string, { violationSeconds: Spread; podHours: Spread }>;
}

const POLICIES: Record<string, string> = {
  plain: "plain HPA",
  plainSameCost: "plain HPA, target lowered to cost as much",
  withNaive: "floor from the day before",
  withForecast: "floor from the forecast",
};

/** The backtest of the forecast: its errors, and what an autoscaler makes of them. */
export function forecastTables(shapes = read("forecast") as Record<string, Shape>): string {
  const error = ({ mean, deviation }: Spread): string => `${mean.toFixed(1)} ± ${deviation.toFixed(1)}`;
  const spread = ({ mean, deviation, min, max }: Spread): string =>
    `${mean.toFixed(0)} ± ${deviation.toFixed(0)} (${min.toFixed(0)} to ${max.toFixed(0)})`;
  return [
    table(
      ["day", "mean absolute error of the forecast, % of the mean rate", "of repeating the day before"],
      Object.entries(shapes).map(([day, { errorPercent }]) => [
        day,
        error(errorPercent.holtWinters),
        error(errorPercent.seasonalNaive),
      ]),
    ),
    table(
      ["day", "autoscaling", "seconds in which the promise was broken", "pod-hours"],
      Object.entries(shapes).flatMap(([day, { policies }]) =>
        Object.entries(POLICIES).map(([key, name]) => [
          day,
          name,
          spread(policies[key]!.violationSeconds),
          spread(policies[key]!.podHours),
        ]),
      ),
    ),
  ].join("\n\n");
}

interface Times {
  meanMs: number;
  p95Ms: number;
}
interface Live {
  at: string;
  machine: string;
  seconds: number;
  pods: number;
  podCores: number;
  rows: {
    share: number;
    rate: number;
    webCores: number;
    predicted: Times;
    kernelSimulation: Times;
    measured: Times;
  }[];
}

/** What the planner predicted of the running stack, and what was measured there. */
export function liveTable({ at, machine, seconds, pods, podCores, rows } = read("live") as Live): KeptTable {
  const times = ({ meanMs, p95Ms }: Times): string => `${meanMs.toFixed(1)} / ${p95Ms.toFixed(1)}`;
  return {
    title: "The planner against the running stack",
    measuredAt: at.slice(0, 10),
    machine,
    command: "npx tsx bench/planner-live.ts",
    typed: false,
    head: [
      "requests/s",
      "share of the planned load",
      "predicted, ms",
      "with the kernel's kind of CPU limit, simulated, ms",
      "measured, ms",
      "CPU a request, ms",
    ],
    rows: rows.map(({ share, rate, webCores, predicted, kernelSimulation, measured }) => [
      Math.round(rate),
      `${share * 100} %`,
      times(predicted),
      times(kernelSimulation),
      times(measured),
      ((webCores / rate) * 1000).toFixed(2),
    ]),
    note:
      `Response times are mean / p95. ${pods} web pods of ${podCores} core, product pages from the cache, ${seconds} s ` +
      "a stage, one run. [Why they differ](planning.md#one-process-one-core).",
  };
}

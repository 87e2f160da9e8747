import { hpaFloor, type Floor } from "../../planner/forecast/floor";
import { HoltWinters, seasonalNaive } from "../../planner/forecast/holt-winters";
import { resolveLoad, type Load, type Slo, type Topology } from "../../planner/plan/load";
import { planWeb, type WebPlan } from "../../planner/plan/web";
import type { History } from "./history";
import { rate, table } from "./format";

/** The season of the forecast is a day. */
const SEASON_SECONDS = 86_400;
/** The forecast covers half an hour: long enough for a job to apply it, short enough to follow the day. */
const INTERVAL_SECONDS = 1800;

/** The forecast of a history, its HPA minimum, and how exact such forecasts were on the history's last day. */
export interface ForecastPlan {
  from: number;
  stepSeconds: number;
  values: number[];
  floor: Floor;
  web: WebPlan;
  /** Mean absolute error over the last day, in percent of its mean rate; absent where there are not three days. */
  backtest?: { holtWinters: number; seasonalNaive: number };
}

/**
 * Forecasts the next half hour, and derives the HPA minimum for it. A rate or peak that is not given is the history's
 * mean or highest value.
 */
export function forecastPlan(
  history: History,
  load: Partial<Load> & Pick<Load, "serviceTimeMs">,
  slo: Slo,
  topology: Topology,
): ForecastPlan {
  const { rates, stepSeconds, end, highest } = history;
  const period = Math.round(SEASON_SECONDS / stepSeconds);
  const mean = rates.reduce((sum, y) => sum + y, 0) / rates.length;
  const complete: Load = {
    ...load,
    rate: load.rate ?? mean,
    peakRate: load.peakRate ?? Math.max(load.rate ?? mean, highest),
  };
  const web = planWeb(complete, slo, topology);
  const model = HoltWinters.fit(rates, period);
  const values = model.forecast(Math.max(1, Math.round(INTERVAL_SECONDS / stepSeconds)));
  const floor = hpaFloor(web, values, model.usualError, resolveLoad(complete).cpuTimeMs);
  return {
    from: end + stepSeconds,
    stepSeconds,
    values,
    floor,
    web,
    ...(rates.length >= 3 * period ? { backtest: lastDay(rates, period) } : {}),
  };
}

function lastDay(rates: number[], period: number): { holtWinters: number; seasonalNaive: number } {
  const start = rates.length - period;
  const judged = rates.slice(start);
  const model = HoltWinters.fit(rates.slice(0, start), period);
  const own = judged.reduce((sum, y) => sum + Math.abs(model.observe(y)), 0);
  const naive = seasonalNaive(rates.slice(0, start), period, period).reduce(
    (sum, y, i) => sum + Math.abs(y - judged[i]!),
    0,
  );
  const total = judged.reduce((sum, y) => sum + y, 0);
  return { holtWinters: (100 * own) / total, seasonalNaive: (100 * naive) / total };
}

/** The forecast as text. */
export function forecastReport({ from, stepSeconds, values, floor, web, backtest }: ForecastPlan): string {
  const time = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(11, 16);
  return [
    `HPA minimum from ${time(from)} UTC to ${time(from + values.length * stepSeconds)}: ${floor.minReplicas} ` +
      `(the plan's bounds are ${web.minReplicas} to ${web.maxReplicas})`,
    `Forecast at most ${rate(floor.forecastRate)}; the minimum carries ${rate(floor.coveredRate)} at the target ` +
      `of ${web.targetCpuUtilization} %.`,
    "",
    table(
      ["from", "requests"],
      values.map((value, i) => [time(from + i * stepSeconds), rate(value)]),
    ),
    "",
    backtest
      ? `One step ahead over the last day it was off by ${backtest.holtWinters.toFixed(1)} % of the mean rate; ` +
        `repeating the day before would have been off by ${backtest.seasonalNaive.toFixed(1)} %.`
      : "With fewer than three days of history nothing can be said about its error.",
  ].join("\n");
}

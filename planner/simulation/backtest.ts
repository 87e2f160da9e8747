import { mean } from "simple-statistics";
import { HoltWinters, seasonalNaive } from "../forecast/holt-winters";
import { hpaFloor } from "../forecast/floor";
import { poolOf, rateCarried } from "../plan/pods";
import { resolveLoad, type Load, type Slo, type Topology } from "../plan/load";
import { planWeb } from "../plan/web";
import { simulateScaling, type Scaling, type WeekResult } from "./autoscaler";
import { simulateWeek, STEP_SECONDS, type DayShape } from "./traffic";

/** Five-minute means are forecast; a day is a season of 288. */
const BIN_STEPS = 300 / STEP_SECONDS;
const PERIOD = 288;
/** The first two days are history only; the other five are judged. */
const HISTORY_DAYS = 2;
/**
 * The floor covers the bin that begins now and the one after it, so that pods start before a rise that falls on a
 * boundary.
 */
const AHEAD_BINS = 2;

/** One week's outcome. Errors are mean absolute errors in percent of the mean rate. */
export interface Backtest {
  error: { holtWinters: number; seasonalNaive: number };
  plain: WeekResult;
  withForecast: WeekResult;
  withNaive: WeekResult;
  /** The plain HPA at a target lowered until it costs at least the pod-hours of the forecast. */
  plainSameCost: WeekResult;
}

/** The load and promise of the backtest. The peak, ten times the mean, bounds the HPA. */
const LOAD: Load = { rate: 200, peakRate: 2000, serviceTimeMs: 20 };
const SLO: Slo = { percentile: 99, latencyMs: 250 };
/**
 * One zone, because pods held in reserve for a lost zone would hide the effect of a forecast. Round-robin, because it has
 * a closed form and the comparison does not depend on the balancer.
 */
const TOPOLOGY: Topology = { zones: 1, algorithm: "roundrobin", balancers: 1 };

/**
 * Runs one seeded week: both forecasts one step ahead, then the Deployment under the plain HPA, with each forecast as
 * its floor, and plain again at the same cost.
 */
export function backtest(shape: DayShape, seed: number): Backtest {
  const rates = simulateWeek(LOAD.rate, shape, seed);
  const plan = { ...planWeb(LOAD, SLO, TOPOLOGY), minReplicas: 2 };
  const pool = poolOf(resolveLoad(LOAD), SLO, TOPOLOGY);
  const serviceTime = LOAD.serviceTimeMs / 1000;
  const scaling: Scaling = {
    targetCores: (plan.targetCpuUtilization / 100) * (parseInt(plan.requests.cpu, 10) / 1000),
    minReplicas: plan.minReplicas,
    maxReplicas: plan.maxReplicas,
    serviceTime,
    carried: Float64Array.from({ length: plan.maxReplicas + 1 }, (_, pods) => rateCarried(pool, pods)),
  };
  const bins = binned(rates);
  const start = HISTORY_DAYS * PERIOD;
  const judged = bins.slice(start);
  const hw = rolling(bins, start);
  const naive = judged.map((_, i) => seasonalNaive(bins.slice(0, start + i), PERIOD, AHEAD_BINS));
  const percent = (errors: number[]): number => (100 * mean(errors)) / mean(judged);

  const from = start * BIN_STEPS;
  const run = (change: Partial<Scaling>): WeekResult => simulateScaling(rates, from, { ...scaling, ...change });
  const floorOf =
    (forecasts: number[][], usual: number[]) =>
    (step: number): number => {
      const bin = Math.floor((step - from) / BIN_STEPS);
      return hpaFloor(plan, forecasts[bin]!, usual[bin]!, LOAD.serviceTimeMs).minReplicas;
    };
  const withForecast = run({
    floor: floorOf(
      hw.map((f) => f.next),
      hw.map((f) => f.usual),
    ),
  });
  let plainSameCost = run({});
  for (let target = scaling.targetCores; plainSameCost.podHours < withForecast.podHours; target *= 0.98)
    plainSameCost = run({ targetCores: target });
  return {
    error: {
      holtWinters: percent(judged.map((y, i) => Math.abs(y - hw[i]!.next[0]!))),
      seasonalNaive: percent(judged.map((y, i) => Math.abs(y - naive[i]![0]!))),
    },
    plain: run({}),
    withForecast,
    withNaive: run({
      floor: floorOf(
        naive,
        judged.map((_, i) => usualNaiveError(bins, start + i)),
      ),
    }),
    plainSameCost,
  };
}

/** Forecasts made at the start of each judged bin from what was known then; refitted once a day. */
function rolling(bins: number[], start: number): { next: number[]; usual: number }[] {
  let model = HoltWinters.fit(bins.slice(0, start), PERIOD);
  return bins.slice(start).map((y, i) => {
    if (i > 0 && i % PERIOD === 0) model = HoltWinters.fit(bins.slice(0, start + i), PERIOD);
    const made = { next: model.forecast(AHEAD_BINS), usual: model.usualError };
    model.observe(y);
    return made;
  });
}

/** Mean absolute error of repeating the day before, over the hour before a bin. */
function usualNaiveError(bins: number[], bin: number): number {
  return mean(Array.from({ length: 12 }, (_, i) => Math.abs(bins[bin - 1 - i]! - bins[bin - 1 - i - PERIOD]!)));
}

function binned(rates: Float64Array): number[] {
  return Array.from({ length: Math.floor(rates.length / BIN_STEPS) }, (_, bin) =>
    mean(Array.from(rates.subarray(bin * BIN_STEPS, (bin + 1) * BIN_STEPS))),
  );
}

import { PlanError, requireNumber } from "../errors";

/** How fast level, trend and season follow what is observed, 0 (never) to 1 (at once). */
export interface Smoothing {
  level: number;
  trend: number;
  season: number;
}

/**
 * Values tried for each smoothing parameter. A grid: the error is flat around its minimum, and three loops need no
 * optimizer.
 */
const GRID: { [K in keyof Smoothing]: number[] } = {
  level: [0.05, 0.15, 0.3, 0.5, 0.7, 0.9],
  trend: [0, 0.01, 0.05],
  season: [0.05, 0.15, 0.3, 0.5],
};
/** The trend fades by this factor at each step, so that a ramp is not continued for ever (damped trend, φ). */
const DAMPING = 0.98;
/** An error counts for at most this many usual errors: a flash crowd must not become tomorrow's season. */
const CLIP = 2;
/** Weight of the newest error in the usual error. */
const USUAL_WEIGHT = 0.02;

/**
 * Additive Holt–Winters with a damped trend, made robust against outliers.
 *
 * l(t) = α·(y − s) + (1 − α)·(l + φ·b), b(t) = β·(l(t) − l) + (1 − β)·φ·b, s(t) = γ·(y − l − φ·b) + (1 − γ)·s, forecast
 * l + Σφⁱ·b + s. Source: Hyndman and Athanasopoulos, *Forecasting: Principles and Practice*, 3rd ed. (2021), §8.3 (l, b
 * and s without a time are the previous ones). Robust: an observation further than 2 usual errors from its forecast is
 * moved to that distance before it is learnt from, as in Gelper, Fried and Croux, *Robust forecasting with exponential
 * and Holt–Winters smoothing*, Journal of Forecasting 29 (2010).
 *
 * Additive and not multiplicative, because a rate may be 0 at night.
 */
export class HoltWinters {
  private level: number;
  private trend = 0;
  private readonly season: number[];
  private usual: number;
  private time = 0;

  /** Starts from whole seasons: their mean is the level, the mean deviation at each position the season. */
  constructor(
    firstSeasons: readonly number[],
    readonly period: number,
    readonly smoothing: Smoothing,
  ) {
    this.level = mean(firstSeasons);
    const sums = new Array<number>(period).fill(0);
    const counts = new Array<number>(period).fill(0);
    for (const [t, y] of firstSeasons.entries()) {
      sums[t % period]! += y;
      counts[t % period]!++;
    }
    this.season = sums.map((sum, i) => sum / counts[i]! - this.level);
    this.usual =
      mean(firstSeasons.map((y, t) => Math.abs(y - this.level - this.season[t % period]!))) ||
      0.05 * Math.abs(this.level) ||
      1;
  }

  /**
   * Fits the smoothing to a history of at least two seasons: of a grid, the parameters with the least mean absolute
   * one-step error.
   *
   * @param history observations at equal distances, oldest first; its first season starts it
   * @param period observations in a season, for example 288 five-minute means in a day
   */
  static fit(history: readonly number[], period: number): HoltWinters {
    requireNumber("period", period, { atLeast: 2, whole: true });
    if (history.length < 2 * period) {
      throw new PlanError(
        "history",
        `${history.length} observations`,
        `a season of ${period} must be seen twice before it can be told from chance`,
        `Give at least ${2 * period}, or a shorter season`,
      );
    }
    if (history.some((y) => !Number.isFinite(y))) {
      throw new PlanError(
        "history",
        "not all numbers",
        "a gap cannot be learnt from",
        "Fill gaps with the value a season before",
      );
    }
    const [first, rest] = [history.slice(0, period), history.slice(period)];
    let best: { error: number; model: HoltWinters } | undefined;
    for (const level of GRID.level)
      for (const trend of GRID.trend)
        for (const season of GRID.season) {
          const model = new HoltWinters(first, period, { level, trend, season });
          let error = 0;
          for (const y of rest) error += Math.abs(model.observe(y));
          if (!best || error < best.error) best = { error, model };
        }
    return best!.model;
  }

  /** Learns one more observation. @returns the error of its forecast */
  observe(y: number): number {
    const { level: alpha, trend: beta, season: gamma } = this.smoothing;
    const position = this.time++ % this.period;
    const before = this.level + DAMPING * this.trend;
    const expected = before + this.season[position]!;
    const surprise = y - expected;
    const bound = CLIP * this.usual;
    const heard = expected + Math.max(-bound, Math.min(bound, surprise));
    this.usual = (1 - USUAL_WEIGHT) * this.usual + USUAL_WEIGHT * Math.min(Math.abs(surprise), 2 * bound);
    const level = alpha * (heard - this.season[position]!) + (1 - alpha) * before;
    this.trend = beta * (level - this.level) + (1 - beta) * DAMPING * this.trend;
    this.season[position] = gamma * (heard - before) + (1 - gamma) * this.season[position]!;
    this.level = level;
    return surprise;
  }

  /** The next `steps` values, never below 0. */
  forecast(steps: number): number[] {
    const values: number[] = [];
    let trend = 0;
    for (let step = 0; step < steps; step++) {
      trend += DAMPING ** (step + 1) * this.trend;
      values.push(Math.max(0, this.level + trend + this.season[(this.time + step) % this.period]!));
    }
    return values;
  }

  /** The usual size of a one-step error, in the units of the history. */
  get usualError(): number {
    return this.usual;
  }
}

/** Repeats the values of the last season: the baseline that every other forecast has to beat. */
export function seasonalNaive(history: readonly number[], period: number, steps: number): number[] {
  if (history.length < period) {
    throw new PlanError(
      "history",
      `${history.length} observations`,
      `there is no season of ${period} to repeat`,
      `Give at least ${period}`,
    );
  }
  return Array.from({ length: steps }, (_, step) => history[history.length - period + (step % period)]!);
}

const mean = (values: readonly number[]): number => values.reduce((sum, y) => sum + y, 0) / values.length;

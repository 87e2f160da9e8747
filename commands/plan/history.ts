import { PlanError } from "../../planner/errors";

/** Request rates at equal distances, oldest first. */
export interface History {
  /** Seconds between two values. */
  stepSeconds: number;
  /** Requests per second. */
  rates: number[];
  /** The highest rate before any means were taken. */
  highest: number;
  /** Time of the last value, seconds since 1970. */
  end: number;
}

/** A time in seconds since 1970, and the requests per second at it. */
export type Point = [time: number, rate: number];

/** Seconds between two values of a forecast: it was backtested on five-minute means, and finer ones say no more. */
export const STEP_SECONDS = 300;

/** Longest gap, in steps, that is filled with the value before it. A longer gap is refused. */
const MOST_MISSING = 6;

/** Seconds since 1970 that are still a date. */
export const LAST_SECOND = 8.64e12;

/** Means over the forecast's steps, each at its step's beginning. */
function means(points: readonly Point[]): Point[] {
  const found: { time: number; sum: number; count: number }[] = [];
  for (const [time, rate] of points) {
    const beginning = Math.floor(time / STEP_SECONDS) * STEP_SECONDS;
    if (found.at(-1)?.time !== beginning) found.push({ time: beginning, sum: 0, count: 0 });
    const step = found.at(-1)!;
    step.sum += rate;
    step.count++;
  }
  return found.map(({ time, sum, count }) => [time, sum / count]);
}

/** The shortest time between two points. */
function shortestStep(points: readonly Point[]): number {
  return points.slice(1).reduce((least, [time], index) => Math.min(least, time - points[index]![0]), Infinity);
}

/**
 * Points at equal distances, with small gaps filled; points that are closer than the forecast's steps as means.
 *
 * @param points oldest first
 * @param flag where they come from, for errors
 * @throws PlanError for too few points, times that do not rise, or a long gap
 */
export function evenly(points: readonly Point[], flag: string): History {
  if (points.length < 2)
    throw new PlanError(
      flag,
      `${points.length} values`,
      "a forecast needs a history",
      "Give at least two days of values",
    );
  const given = shortestStep(points);
  if (!(given > 0))
    throw new PlanError(flag, "out of order", "times must rise from line to line", "Sort the lines by time");
  const taken = given < STEP_SECONDS ? means(points) : points;
  const stepSeconds = Math.max(given, STEP_SECONDS);
  const rates: number[] = [taken[0]![1]];
  for (const [index, [time, value]] of taken.slice(1).entries()) {
    const steps = Math.round((time - taken[index]![0]) / stepSeconds);
    if (steps - 1 > MOST_MISSING) {
      throw new PlanError(
        flag,
        `${steps - 1} values missing before ${new Date(time * 1000).toISOString()}`,
        "a hole that long cannot be filled honestly",
        "Give a history without it, or start after it",
      );
    }
    for (let fill = 1; fill < steps; fill++) rates.push(rates.at(-1)!);
    rates.push(value);
  }
  const highest = points.reduce((most, [, rate]) => Math.max(most, rate), 0);
  return { stepSeconds, rates, highest, end: taken.at(-1)![0] };
}

import { max, quantile } from "simple-statistics";

/** One number over several runs. */
export interface Spread {
  median: number;
  p95: number;
  worst: number;
}

/**
 * Median, 95th percentile and worst of one number over the runs. Between two runs the percentile is interpolated
 * linearly (Hyndman and Fan's type 7, as spreadsheets do), so with a handful of runs read it together with the worst.
 *
 * @param values one per run, at least one; null for a run that has none (nothing was acknowledged in it)
 * @returns null where no run has a value
 */
export function spread(values: (number | null)[]): Spread | null {
  const present = values.filter((value): value is number => value !== null);
  if (present.length === 0) return null;
  return { median: quantile(present, 0.5), p95: quantile(present, 0.95), worst: max(present) };
}

import { build } from "hdr-histogram-js";

/** Percentiles of the answered requests, in milliseconds; null where none was answered. */
export interface Latencies {
  p50Ms: number | null;
  p99Ms: number | null;
  worstMs: number | null;
}

/** Recorded in microseconds, up to an hour, with three significant digits. */
const HOUR_IN_MICROSECONDS = 3_600_000_000;

/**
 * Percentiles of latencies counted from when a request was *due*: a request that had to queue in the load generator
 * waited as well, and leaving that out (coordinated omission) is how a ten-second outage becomes a p99 of 20 ms.
 *
 * @param milliseconds one latency for each acknowledged request
 */
export function latencies(milliseconds: number[]): Latencies {
  if (milliseconds.length === 0) return { p50Ms: null, p99Ms: null, worstMs: null };
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HOUR_IN_MICROSECONDS,
    numberOfSignificantValueDigits: 3,
  });
  for (const value of milliseconds) histogram.recordValue(Math.max(1, Math.round(value * 1000)));
  return {
    p50Ms: histogram.getValueAtPercentile(50) / 1000,
    p99Ms: histogram.getValueAtPercentile(99) / 1000,
    worstMs: histogram.maxValue / 1000,
  };
}

/** Scrapes that a range must hold room for: with 2.5 there are two samples in it whatever its phase. */
const SCRAPES = 2.5;

const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
/** A range selector such as `[5m]`, or the range of a subquery such as `[1h:1m]`. */
const RANGE = /\[(\d+)([smhdw])(:[^\]]*)?\]/g;

/** The ranges in a PromQL expression, in seconds. */
export function rangesOf(expr: string): number[] {
  return [...expr.matchAll(RANGE)].map(([, count, unit]) => Number(count) * UNIT_SECONDS[unit!]!);
}

/**
 * Widens ranges that are too short for the scrape interval. A rate over fewer than two samples is nothing at all, so a
 * rule written for 60 s would be blind, without a word, where somebody scrapes every five minutes.
 *
 * @param intervalSeconds seconds between two scrapes
 */
export function widened(expr: string, intervalSeconds: number): string {
  const least = Math.ceil(SCRAPES * intervalSeconds);
  return expr.replace(RANGE, (range, count: string, unit: string, step = "") =>
    Number(count) * UNIT_SECONDS[unit]! < least ? `[${least}s${step}]` : range,
  );
}

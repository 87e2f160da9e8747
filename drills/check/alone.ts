import type { History, WayName } from "../load/history";

/** A time in which the primary had no standby, milliseconds since the epoch. */
export interface Span {
  from: number;
  to: number;
}

/**
 * The writes that were acknowledged while the primary had no standby, so while they were on one disk.
 * Redis replicates asynchronously and promises nothing of the kind.
 *
 * @returns ids; null where it had one all the time
 */
export function acknowledgedAlone(spans: Span[], ways: { way: WayName; history: History }[]): string[] | null {
  if (spans.length === 0) return null;
  const within = (at: number): boolean => spans.some(({ from, to }) => at >= from && at <= to);
  return ways
    .filter(({ way }) => way !== "redis")
    .flatMap(({ history }) =>
      history.writes
        .filter(({ outcome, answered }) => outcome === "acknowledged" && answered !== undefined && within(answered))
        .map(({ id }) => id),
    );
}

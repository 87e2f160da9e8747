/** The longest time in which nothing was acknowledged. */
export interface Outage {
  seconds: number;
  /** When it began, milliseconds since the epoch. */
  from: number;
}

/**
 * The longest gap between two acknowledgements that follow each other, the window's edges included.
 * With load at 50/s a healthy gap is about 0.02 s, so the gap is the outage without any threshold to choose.
 * Requests that wait and then succeed count: a stall is an outage for the client that waits.
 *
 * @param acknowledgedAt times of acknowledgements, milliseconds since the epoch, in any order
 * @param window first and last moment to look at, milliseconds since the epoch
 */
export function longestGap(acknowledgedAt: number[], window: { from: number; to: number }): Outage {
  const inside = acknowledgedAt.filter((at) => at > window.from && at < window.to).sort((a, b) => a - b);
  const edges = [window.from, ...inside, window.to];
  let outage: Outage = { seconds: 0, from: window.from };
  for (let i = 1; i < edges.length; i++) {
    const [before, after] = [edges[i - 1]!, edges[i]!];
    if (after - before > outage.seconds * 1000) outage = { seconds: (after - before) / 1000, from: before };
  }
  return outage;
}

import type { History, WayName } from "../load/history";

/** One request of the load, for the plots. */
export interface Sample {
  way: WayName;
  kind: "write" | "read";
  /** When it was due, seconds after the fault. */
  second: number;
  /** Latency from then on in milliseconds; for a failed request until it was known to have failed. */
  ms: number;
  ok: boolean;
}

/** A history as samples; a request that never came to an end has nothing to show. */
export function samplesOf(way: WayName, history: History, faultAt: number): Sample[] {
  const kinds = [
    ["write", history.writes],
    ["read", history.reads],
  ] as const;
  return kinds.flatMap(([kind, records]) =>
    records.flatMap((record) =>
      record.answered === undefined
        ? []
        : [
            {
              way,
              kind,
              second: (record.due - faultAt) / 1000,
              ms: Math.max(0.1, record.answered - record.due),
              ok: record.outcome === "acknowledged",
            },
          ],
    ),
  );
}

import type { Findings } from "../check/checker";
import type { History, ReadRecord, WriteRecord } from "../load/history";
import { latencies, type Latencies } from "./latency";
import { longestGap } from "./outage";

/** What one kind of request of one way came to in one run. */
export interface Tally extends Latencies {
  sent: number;
  acknowledged: number;
  /** Answered otherwise, or not at all within the client's deadline. */
  failed: number;
  /** What came instead of the acknowledgement, a status or an error's code, and of how many. */
  failedAs: Record<string, number>;
  /** Longest time without an acknowledgement in the window. */
  outageSeconds: number;
  /** When that time began, seconds after the fault (negative: before it). */
  outageFromSeconds: number;
}

/** Writes of one way in one run; the last three must be 0 whatever breaks. */
export interface WriteTally extends Tally {
  lost: number;
  duplicates: number;
  deposed: number;
}

/** Reads of one way in one run. */
export interface ReadTally extends Tally {
  stale: number;
}

/** The part of a run that outage and latencies are taken from. Milliseconds since the epoch. */
export interface Window {
  /** When the fault was put in. */
  faultAt: number;
  /** When the last request was due. */
  to: number;
}

/** Requests due this long before the fault may still be under way when it strikes; they belong to the window. */
const LEAD_MS = 1000;

function failedAs(records: (WriteRecord | ReadRecord)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome, detail } of records) {
    if (outcome === "acknowledged") continue;
    const what = detail ?? "nothing";
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

/** How many of the failed requests had no answer at all: what came instead is no HTTP status. */
export function unansweredOf({ failedAs }: Pick<Tally, "failedAs">): number {
  return Object.entries(failedAs).reduce((sum, [what, count]) => sum + (/^\d{3}$/.test(what) ? 0 : count), 0);
}

function tally(records: (WriteRecord | ReadRecord)[], window: Window): Tally {
  const from = window.faultAt - LEAD_MS;
  const done = records.filter(
    (record): record is (WriteRecord | ReadRecord) & { answered: number } =>
      record.outcome === "acknowledged" && record.answered !== undefined,
  );
  const gap = longestGap(
    done.map((record) => record.answered),
    { from, to: window.to },
  );
  return {
    sent: records.length,
    acknowledged: done.length,
    failed: records.length - done.length,
    failedAs: failedAs(records),
    outageSeconds: gap.seconds,
    outageFromSeconds: (gap.from - window.faultAt) / 1000,
    ...latencies(done.filter((record) => record.due >= from).map((record) => record.answered - record.due)),
  };
}

/** Counts one way's writes: `sent` and its parts over the whole run, outage and latencies in the window. */
export function measureWrites(history: History, findings: Findings, window: Window): WriteTally {
  return {
    ...tally(history.writes, window),
    lost: findings.lost.length,
    duplicates: findings.duplicates.length,
    deposed: findings.deposed.length,
  };
}

/** Counts one way's reads likewise. */
export function measureReads(history: History, findings: Findings, window: Window): ReadTally {
  return { ...tally(history.reads, window), stale: findings.stale.length };
}

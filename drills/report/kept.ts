import type { WayName } from "../load/history";
import type { ReadTally, WriteTally } from "../measure/measure";
import type { DrillReport, RunReport } from "./report";

/** What is kept of writes or of reads: the outage of each run in seconds, smallest first, and requests over all runs. */
export interface KeptTally {
  outageSeconds: number[];
  failed: number;
  sent: number;
}

/** A series of one drill as it is kept for the docs: what a table needs, and none of its timelines. */
export interface KeptSeries {
  drill: string;
  /** ISO 8601, UTC. */
  startedAt: string;
  /** The code that was measured. */
  commit: string;
  /** What it ran on, in a few words. */
  machine: string;
  ways: { way: WayName; writes: KeptTally; reads: KeptTally | null }[];
  /** Over all runs and every way into the database. */
  lost: number;
  duplicates: number;
  deposed: number;
  stale: number;
  /** Standbys that lost their data; null where nobody could look. */
  copiesGone: number | null;
  /** What was promised and not met, with what was found instead. */
  missed: { what: string; promised: string; found: string }[];
}

/** Digits of a second that a table shows. */
const hundredths = (seconds: number): number => Number(seconds.toFixed(2));

function tally(all: (WriteTally | ReadTally)[]): KeptTally {
  const total = (pick: (one: WriteTally | ReadTally) => number): number => all.reduce((sum, one) => sum + pick(one), 0);
  return {
    outageSeconds: all.map(({ outageSeconds }) => hundredths(outageSeconds)).sort((a, b) => a - b),
    failed: total(({ failed }) => failed),
    sent: total(({ sent }) => sent),
  };
}

function way(name: WayName, loads: { writes: WriteTally; reads: ReadTally | null }[]): KeptSeries["ways"][number] {
  const reads = loads.flatMap((load) => load.reads ?? []);
  return { way: name, writes: tally(loads.map(({ writes }) => writes)), reads: reads.length > 0 ? tally(reads) : null };
}

/**
 * Reduces a drill's report to what is kept of it.
 *
 * @param commit the code that was measured
 * @param machine what it ran on, in a few words
 */
export function kept(report: DrillReport, commit: string, machine: string): KeptSeries {
  const { runs, summary: { writes, reads } } = report;
  const beside = [...new Set(runs.flatMap(({ alongside }) => alongside.map((other) => other.way)))];
  const of = (run: RunReport, name: WayName) => run.alongside.filter((other) => other.way === name);
  const copies = runs.map((run) => run.copies);
  return {
    drill: report.drill,
    startedAt: report.startedAt,
    commit,
    machine,
    ways: [way("shop", runs), ...beside.map((name) => way(name, runs.flatMap((run) => of(run, name))))],
    lost: writes.lost, duplicates: writes.duplicates, deposed: writes.deposed, stale: reads.stale,
    // A report of older code does not say.
    copiesGone: copies.some((one) => !one) ? null : copies.reduce((sum, one) => sum + one!.gone.length, 0),
    missed: report.judgements.filter(({ met }) => !met).map(({ what, promised, found }) => ({ what, promised, found })),
  };
}

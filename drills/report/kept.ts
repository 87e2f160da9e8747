import type { WayName } from "../load/history";
import type { ReadTally, WriteTally } from "../measure/measure";
import type { KeptSeries, KeptTally } from "./kept-series";
import type { DrillReport, RunReport } from "./report";

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
  const {
    runs,
    summary: { writes, reads },
  } = report;
  const beside = [...new Set(runs.flatMap(({ alongside }) => alongside.map((other) => other.way)))];
  const of = (run: RunReport, name: WayName) => run.alongside.filter((other) => other.way === name);
  const copies = runs.map((run) => run.copies);
  return {
    drill: report.drill,
    startedAt: report.startedAt,
    commit,
    machine,
    ways: [
      way("shop", runs),
      ...beside.map((name) =>
        way(
          name,
          runs.flatMap((run) => of(run, name)),
        ),
      ),
    ],
    lost: writes.lost,
    duplicates: writes.duplicates,
    deposed: writes.deposed,
    stale: reads.stale,
    // A report of older code does not say.
    copiesGone: copies.some((one) => !one) ? null : copies.reduce((sum, one) => sum + one!.gone.length, 0),
    missed: report.judgements.filter(({ met }) => !met).map(({ what, promised, found }) => ({ what, promised, found })),
  };
}

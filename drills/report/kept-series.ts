import type { WayName } from "../load/history";

/**
 * What is kept of writes or of reads: the outage of each run in seconds, smallest first, and requests over all runs.
 */
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

import type { Findings } from "../check/checker";
import type { CopiesKept } from "../check/copies";
import type { Drill, Expectation } from "../drill";
import type { WayName } from "../load/history";
import { unansweredOf, type ReadTally, type WriteTally } from "../measure/measure";
import { spread, type Spread } from "../measure/runs";
import type { Source } from "../watch/timeline";

/** Load of another way beside the shop's. */
export interface Alongside {
  way: WayName;
  writes: WriteTally;
  /** null for a way that only writes. */
  reads: ReadTally | null;
  findings: Findings;
}

/** One run of a drill. Every `…Seconds` that has no other origin counts from the fault. */
export interface RunReport {
  run: number;
  seed: number;
  /** Whom the fault hit. */
  target: string;
  /** ISO 8601, UTC. */
  faultAt: string;
  healedAt: string;
  /** The shop's own way in. */
  writes: WriteTally;
  reads: ReadTally;
  findings: Findings;
  alongside: Alongside[];
  /** First alert that began after the fault; null where none did. */
  detection: { alert: string; state: "pending" | "firing"; seconds: number } | null;
  /** Why there is no `detection`, where Prometheus could not be asked. */
  detectionUnknown?: string;
  /** First alert that fired after the fault and names a pod that was hit; null where none did. */
  named: { alert: string; pod: string; seconds: number } | null;
  /** Containers that the kernel killed for the memory they used, as `pod/container`. */
  outOfMemory: string[];
  /** When the Service stopped leading to the pods that were hit; null where it has no such Service or never did. */
  isolationSeconds: number | null;
  /** When the longest gap in acknowledged writes ended. */
  recoverySeconds: number;
  /** Promotions between the beginning and the end, by the database's timelines. */
  failovers: number;
  /** The standbys' data directories; null where they could not be looked at before the fault. */
  copies: CopiesKept | null;
  /**
   * Ids of writes, by any way into the database, that were acknowledged while the primary had no standby; null for a
   * drill that leaves it alone at no time.
   */
  acknowledgedAlone: string[] | null;
  /** From healing to a whole stack; null where it was not whole in time. */
  wholeAfterSeconds: number | null;
  /**
   * What happened, in order; from the drill itself, the cluster's events, pods, nodes and addresses, and the alerts.
   */
  timeline: { second: number; source: Source; text: string }[];
}

/** What was promised, and what was found. */
export interface Judgement {
  /** What it is about, in a few words. */
  what: string;
  promised: string;
  found: string;
  met: boolean;
}

/** A drill's whole result; its JSON form is documented in `docs/drills.md`. */
export interface DrillReport {
  version: 1;
  drill: string;
  title: string;
  startedAt: string;
  cluster: { context: string; namespace: string; kubernetes: string; nodes: number };
  load: { url: string; writesPerSecond: number; readsPerSecond: number; sessions: number; also: WayName[] };
  runs: RunReport[];
  summary: Summary;
  judgements: Judgement[];
  /** Whether everything promised was met in this set of runs. */
  met: boolean;
}

/** The runs taken together: median, 95th percentile and worst; sums for what must be 0. */
export interface Summary {
  writes: {
    outageSeconds: Spread | null;
    failed: Spread | null;
    worstMs: Spread | null;
    lost: number;
    duplicates: number;
    deposed: number;
  };
  reads: { outageSeconds: Spread | null; failed: Spread | null; worstMs: Spread | null; stale: number };
  failovers: Spread | null;
  wholeAfterSeconds: Spread | null;
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * Findings of every way into the database. Redis replicates asynchronously and promises speed, not durability:
 * what its own load lost is reported beside the rest and judged by nobody.
 */
function databaseFindings(runs: RunReport[]): Findings[] {
  return runs.flatMap((run) => [
    run.findings,
    ...run.alongside.filter((other) => other.way !== "redis").map((other) => other.findings),
  ]);
}

/** Takes the runs together; lost and the like are summed over every way into the database, the rest is the shop's. */
export function summarise(runs: RunReport[]): Summary {
  const over = (pick: (run: RunReport) => number | null): Spread | null => spread(runs.map(pick));
  const findings = databaseFindings(runs);
  return {
    writes: {
      outageSeconds: over((run) => run.writes.outageSeconds),
      failed: over((run) => run.writes.failed),
      worstMs: over((run) => run.writes.worstMs),
      lost: sum(findings.map((found) => found.lost.length)),
      duplicates: sum(findings.map((found) => found.duplicates.length)),
      deposed: sum(findings.map((found) => found.deposed.length)),
    },
    reads: {
      outageSeconds: over((run) => run.reads.outageSeconds),
      failed: over((run) => run.reads.failed),
      worstMs: over((run) => run.reads.worstMs),
      stale: sum(findings.map((found) => found.stale.length)),
    },
    failovers: over((run) => run.failovers),
    wholeAfterSeconds: over((run) => run.wholeAfterSeconds),
  };
}

/** Standbys whose data directory is still the same one, as people read it. */
export const keptOf = ({ of, gone }: CopiesKept): string => `${of - gone.length} of ${of}`;

/** The run in which most standbys lost their data directory; null where that is not known of one. */
function worstCopies(runs: RunReport[]): CopiesKept | null {
  const copies = runs.map((run) => run.copies).filter((one) => one !== null);
  if (copies.length < runs.length) return null;
  return copies.reduce<CopiesKept | null>(
    (worst, one) => (worst !== null && worst.gone.length >= one.gone.length ? worst : one),
    null,
  );
}

/** Holds the runs against what the drill promises, and against what every drill does. */
export function judge(expect: Expectation, runs: RunReport[], summary: Summary): Judgement[] {
  const { writes, reads } = summary;
  const judgements: Judgement[] = [];
  const never = (what: string, count: number): void => {
    judgements.push({ what, promised: "0", found: String(count), met: count === 0 });
  };
  const atMost = (what: string, limit: number | undefined, found: number | undefined, unit: string): void => {
    if (limit === undefined) return;
    const met = found !== undefined && found <= limit;
    judgements.push({
      what,
      promised: `≤ ${limit}${unit}`,
      found: found === undefined ? "none" : `${Number(found.toFixed(2))}${unit}`,
      met,
    });
  };
  never("acknowledged writes lost", writes.lost);
  never("duplicate writes", writes.duplicates);
  never("writes acknowledged by a deposed primary", writes.deposed);
  never("stale reads within a session", reads.stale);
  const alone = runs.flatMap((run) => run.acknowledgedAlone ?? []);
  if (runs.some((run) => run.acknowledgedAlone !== null)) never("writes acknowledged with one copy", alone.length);
  never("containers killed for memory", sum(runs.map((run) => run.outOfMemory.length)));
  atMost("outage of writes, p95", expect.writeOutageSeconds, writes.outageSeconds?.p95, " s");
  atMost("outage of reads, p95", expect.readOutageSeconds, reads.outageSeconds?.p95, " s");
  const redis = spread(
    runs.flatMap((run) =>
      run.alongside.filter(({ way }) => way === "redis").map((other) => other.writes.outageSeconds),
    ),
  );
  atMost("outage of Redis itself, p95", expect.redisOutageSeconds, redis?.p95, " s");
  atMost("failed writes, worst run", expect.failedWrites, writes.failed?.worst, "");
  atMost("failed reads, worst run", expect.failedReads, reads.failed?.worst, "");
  const unanswered = runs.map((run) => unansweredOf(run.writes) + unansweredOf(run.reads));
  atMost("requests without any answer, worst run", expect.unanswered, Math.max(...unanswered), "");
  const named = runs.every((run) => run.named !== null)
    ? Math.max(...runs.map((run) => run.named!.seconds))
    : undefined;
  atMost("an alert names the pod, worst run", expect.namedSeconds, named, " s");
  atMost("changes of the primary, worst run", expect.failovers, summary.failovers?.worst, "");
  const whole = runs.every((run) => run.wholeAfterSeconds !== null) ? summary.wholeAfterSeconds?.worst : undefined;
  if (expect.copiesKept) {
    const worst = worstCopies(runs);
    const found = worst === null ? "not known" : keptOf(worst);
    judgements.push({ what: "standbys' data kept, worst run", promised: "all", found, met: worst?.gone.length === 0 });
  }
  atMost("whole again after healing, worst run", expect.wholeAgainSeconds, whole, " s");
  return judgements;
}

/** Puts the runs of a drill together. */
export function assemble(
  drill: Drill,
  head: Pick<DrillReport, "startedAt" | "cluster" | "load">,
  runs: RunReport[],
): DrillReport {
  const summary = summarise(runs);
  const judgements = judge(drill.expect, runs, summary);
  return {
    version: 1,
    drill: drill.name,
    title: drill.title,
    ...head,
    runs,
    summary,
    judgements,
    met: judgements.every((judgement) => judgement.met),
  };
}

import { acknowledgedAlone } from "../check/alone";
import { check, type Truth } from "../check/checker";
import type { CopiesKept } from "../check/copies";
import { readTruth } from "../check/truth";
import type { Drill, Plan } from "../drill";
import type { History, WayName } from "../load/history";
import { measureReads, measureWrites, type Window } from "../measure/measure";
import type { RunReport } from "../report/report";
import { samplesOf, type Sample } from "../report/samples";
import type { Cluster } from "../../cluster/kubectl";
import type { Ran } from "../stack/execute";
import { podNamed } from "../../cluster/state";
import { leaderOf, type StackState } from "../stack/state";
import type { Store } from "../stack/subject";
import { alertsSince, detections, type Detection, type Witness } from "../watch/alerts";
import { isolatedAt, type Timeline } from "../watch/timeline";

/** What one way did, and for Redis what it found again itself. */
export interface WayHistory {
  way: WayName;
  history: History;
  found: string[];
}

/** Everything a run has gathered. */
export interface Gathered {
  drill: Drill;
  plan: Plan;
  /** Where the load's writes are. */
  store: Store;
  /** Where alerts are asked for. */
  witness: Witness;
  run: number;
  seed: number;
  /** Begins the ids of this run. */
  prefix: string;
  /** The stack before the fault. */
  before: StackState;
  /** And once all is over. */
  after: StackState;
  /** Milliseconds since the epoch. */
  faultAt: number;
  healedAt: number;
  wholeAt: number | undefined;
  /** When the load ended. */
  endedAt: number;
  shop: WayHistory;
  others: WayHistory[];
  copies: CopiesKept | null;
  /** The fault's commands during which the primary had no standby. */
  alone: Ran[];
  timeline: Timeline;
}

/** A run's report, and the samples that only its page needs. */
export interface RunResult {
  report: RunReport;
  samples: Sample[];
}

async function truthOf(
  cluster: Cluster,
  primary: string,
  { prefix, drill, store }: Gathered,
  { way, history, found }: WayHistory,
): Promise<Truth> {
  const there = drill.evicts ? history.writes.map(({ id }) => id) : found;
  if (way === "redis") return { copies: new Map(there.map((id) => [id, 1])), ends: [] };
  return readTruth(cluster, store, primary, way, prefix);
}

/** Alerts are a witness, not the judge: where Prometheus cannot be asked, the run still counts. */
async function detect(
  cluster: Cluster,
  witness: Witness,
  faultAt: number,
): Promise<{ found: Detection[]; unknown?: string }> {
  try {
    return { found: detections(await alertsSince(cluster, witness, faultAt), faultAt) };
  } catch (error) {
    return { found: [], unknown: (error as Error).message };
  }
}

/** Reads the truth, checks every way against it, and measures. */
export async function conclude(cluster: Cluster, gathered: Gathered): Promise<RunResult> {
  const { faultAt, timeline, plan, drill, store } = gathered;
  const seconds = (at: number): number => (at - faultAt) / 1000;
  const primary = leaderOf(gathered.after, store.name).name;
  const counted = ({ found }: StackState): number => found[store.name]?.timeline ?? 0;
  const window: Window = { faultAt, to: gathered.endedAt };
  const ways = [gathered.shop, ...gathered.others];
  const results = await Promise.all(
    ways.map(async (one) => {
      const findings = check(one.history, await truthOf(cluster, primary, gathered, one));
      return {
        way: one.way,
        findings,
        writes: measureWrites(one.history, findings, window),
        reads: one.history.reads.length === 0 ? null : measureReads(one.history, findings, window),
      };
    }),
  );
  const [shop, ...alongside] = results;
  const { found, unknown } = await detect(cluster, gathered.witness, faultAt);
  for (const { alert, state, pod, at } of found)
    timeline.add("alert", `${alert} is ${state}${pod === undefined ? "" : `, of ${pod}`}`, at);
  const hit = plan.pods.map((name) => podNamed(gathered.before, name).address);
  const isolated =
    drill.isolatedFrom === undefined
      ? undefined
      : isolatedAt(timeline.addressChanges, drill.isolatedFrom, hit, faultAt);
  const first = found[0];
  const naming = found.find(({ state, pod }) => state === "firing" && pod !== undefined && plan.pods.includes(pod));
  return {
    samples: ways.flatMap(({ way, history }) => samplesOf(way, history, faultAt)),
    report: {
      run: gathered.run,
      seed: gathered.seed,
      target: plan.target,
      faultAt: new Date(faultAt).toISOString(),
      healedAt: new Date(gathered.healedAt).toISOString(),
      writes: shop!.writes,
      reads: shop!.reads!,
      findings: shop!.findings,
      alongside,
      detection: first ? { alert: first.alert, state: first.state, seconds: seconds(first.at) } : null,
      ...(unknown === undefined ? {} : { detectionUnknown: unknown }),
      named: naming ? { alert: naming.alert, pod: naming.pod!, seconds: seconds(naming.at) } : null,
      outOfMemory: timeline.outOfMemory,
      isolationSeconds: isolated === undefined ? null : seconds(isolated),
      recoverySeconds: shop!.writes.outageFromSeconds + shop!.writes.outageSeconds,
      failovers: counted(gathered.after) - counted(gathered.before),
      copies: gathered.copies,
      acknowledgedAlone: acknowledgedAlone(gathered.alone, ways),
      wholeAfterSeconds:
        gathered.wholeAt === undefined ? null : Math.max(0, (gathered.wholeAt - gathered.healedAt) / 1000),
      timeline: timeline.entries().map(({ at, source, text }) => ({ second: seconds(at), source, text })),
    },
  };
}

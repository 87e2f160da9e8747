import { join } from "node:path";
import type { Cluster } from "../../cluster/kubectl";
import type { Drill } from "../drill";
import { heal } from "../heal/healer";
import type { HealFile } from "../heal/record";
import { assemble, type DrillReport } from "../report/report";
import type { Sample } from "../report/samples";
import { pause } from "../stack/pause";
import { readState } from "../stack/read-state";
import { leaderOf } from "../stack/state";
import type { Subjects } from "../stack/subject";
import { runOnce, type Setting } from "./one-run";
import type { Pace } from "./pace";
import { removeTraces } from "./traces";
import { waitUntilWhole } from "./whole-again";

/** How long mending waits for the stack to be whole again. */
const MEND_SECONDS = 180;

/** How long an interrupted drill may take to remove what it has written, where the database answers. */
const SWEEP_MS = 5_000;

/** What mending needs. */
export interface Mending {
  healFile: HealFile;
  subjects: Subjects;
  url: string;
  pace: Pick<Pace, "lookSeconds">;
  say: (line: string) => void;
}

/** Removes the drill's traces. @param signal ends it when aborted */
async function sweep(cluster: Cluster, subjects: Subjects, signal: AbortSignal): Promise<void> {
  const { store } = subjects;
  const primary = leaderOf(await readState(cluster, subjects, signal), store.name).name;
  await removeTraces(cluster, store, primary, signal);
}

/**
 * Undoes whatever an interrupted drill has left, waits until the stack is whole, and removes the drill's traces.
 * Once interrupted it still undoes everything, and then waits for nothing.
 *
 * @returns false where there was nothing to do
 * @throws Error where the stack does not become whole; the signal's reason where it is aborted
 */
export async function mend({ healFile, subjects, url, pace, say }: Mending, signal: AbortSignal): Promise<boolean> {
  const record = healFile.read();
  if (!record) return false;
  const cluster = { context: record.context, namespace: record.namespace };
  say(`healing what drill ${record.drill} left at ${record.startedAt}`);
  await heal(healFile, say);
  try {
    const patience = { every: pace.lookSeconds, atMost: MEND_SECONDS };
    signal.throwIfAborted();
    const whole = await waitUntilWhole({ cluster, subjects, url }, patience, signal, say);
    if (whole === undefined)
      throw new Error(
        `The faults are undone, but the stack did not become whole within ${MEND_SECONDS} s; \`npm run status\` ` +
          "shows what is missing.",
      );
    await sweep(cluster, subjects, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    say("the faults are undone; `npm run status` shows when the stack is whole");
    await sweep(cluster, subjects, AbortSignal.timeout(SWEEP_MS)).catch(() =>
      say("what the drill has written is there until the next drill ends"),
    );
    throw signal.reason as Error;
  }
  say("the stack is whole again");
  return true;
}

/** What came of a drill, and what its page needs besides. */
export interface SeriesResult {
  report: DrillReport;
  samples: Sample[][];
}

/**
 * Runs a drill several times. Whatever happens, what is broken is healed before this returns or throws.
 *
 * @param seed of the first run; each further run has the next number
 */
export async function runSeries(
  setting: Setting,
  head: { startedAt: string; kubernetes: string; nodes: number },
  runs: number,
  seed: number,
  signal: AbortSignal,
): Promise<SeriesResult> {
  const { drill, cluster, shape, url, also } = setting;
  const results = [];
  try {
    for (let run = 1; run <= runs; run++) {
      if (run > 1) await pause(drill.restSeconds ?? setting.pace.restSeconds, signal);
      results.push(await runOnce(setting, run, seed + run - 1, signal));
    }
  } finally {
    await mend(setting, signal);
  }
  const report = assemble(
    drill,
    {
      startedAt: head.startedAt,
      cluster: { ...cluster, kubernetes: head.kubernetes, nodes: head.nodes },
      load: { url, ...shape, also },
    },
    results.map((result) => result.report),
  );
  return { report, samples: results.map((result) => result.samples) };
}

/** Ways to drive beside the shop's: those the drill cannot do without, and those the user wants as well. */
export function waysBeside(drill: Drill, wanted: Setting["also"]): Setting["also"] {
  return [...new Set([...(drill.also ?? []), ...wanted])].filter((way) => way !== "shop");
}

/** Folder of one drill's results. */
export function resultFolder(root: string, drill: Drill, startedAt: string): string {
  return join(root, `${startedAt.replaceAll(/[:.]/g, "-")}-${drill.name}`);
}

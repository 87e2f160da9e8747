import { setTimeout as sleep } from "node:timers/promises";
import pRetry from "p-retry";
import type { Cluster } from "../../cluster/kubectl";
import type { Command } from "../stack/command";
import { execute } from "../stack/execute";
import type { HealFile } from "./record";

/**
 * An API server that was away needs some time; a command that still fails after so many tries is left in the record.
 */
const RETRIES = { retries: 12, minTimeout: 500, maxTimeout: 10_000 };
const COMMAND_SECONDS = 200;

/** Runs one command; replaced in tests. */
export type Run = (cluster: Cluster, command: Command) => Promise<unknown>;

const runOnCluster: Run = (cluster, command) => execute(cluster, command, { seconds: COMMAND_SECONDS });

/**
 * Undoes whatever the record says is broken, each command tried again until it works, and every command whatever became
 * of the others. Commands that worked leave the record; it disappears with the last.
 *
 * @param file the record
 * @param say told of each step
 * @param options `keep`: commands that are not due yet and stay in the record; `run` and `retries` for tests
 * @throws Error that names the record and what could not be undone
 */
export async function heal(
  file: HealFile,
  say: (line: string) => void,
  options: { keep?: Command[]; run?: Run; retries?: typeof RETRIES } = {},
): Promise<void> {
  const record = file.read();
  if (!record) return;
  const run = options.run ?? runOnCluster;
  const cluster = { context: record.context, namespace: record.namespace };
  const keep = new Set((options.keep ?? []).map((command) => JSON.stringify(command)));
  const kept = record.heal.filter((command) => keep.has(JSON.stringify(command)));
  const due = record.heal.filter((command) => !keep.has(JSON.stringify(command)));
  const left: Command[] = [];
  const reasons: string[] = [];
  for (const command of due) {
    try {
      await pRetry(() => run(cluster, command), options.retries ?? RETRIES);
      await sleep(1000 * (command.thenWaitSeconds ?? 0));
    } catch (error) {
      left.push(command);
      reasons.push((error as Error).message);
      say(`could not be undone: ${(error as Error).message}`);
    }
  }
  if (left.length + kept.length === 0) return file.clear();
  file.write({ ...record, heal: [...left, ...kept] });
  if (left.length === 0) return;
  throw new Error(
    `${left.length} of ${due.length} steps of drill ${record.drill} could not be undone (${reasons.join("; ")}); ` +
      `mend the cause, then \`npm run drill -- heal\` goes on from ${file.path}.`,
  );
}

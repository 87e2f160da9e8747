import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type DefaultRenderer,
  LISTR_LOGGER_STYLE,
  Listr,
  ListrLogger,
  type ListrTaskWrapper,
  ProcessOutput,
  type SimpleRenderer,
} from "listr2";
import { cache } from "../paths";
import type { Step, StepFolders } from "./step";

type Task = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;

const stepsFolder = join(cache, "steps");

/** Content key of a step: a hash of its inputs and of the keys of the steps it needs. */
function stepKey(step: Step): string {
  const hash = createHash("sha256").update(step.name);
  for (const input of step.inputs()) hash.update("\0").update(input);
  for (const need of step.needs) hash.update("\0").update(stepKey(need));
  return hash.digest("hex").slice(0, 12);
}

/** Folder of a step's output, which may not exist yet. */
export const stepOutput = (step: Step): string => join(stepsFolder, `${step.name}-${stepKey(step)}`);

function foldersOf(step: Step, out: string): StepFolders {
  return {
    out,
    of: (name) => {
      const need = step.needs.find((candidate) => candidate.name === name);
      if (!need) throw new Error(`step ${step.name} does not declare that it needs ${name}`);
      return stepOutput(need);
    },
  };
}

/** Whether a step's output exists, in its folder and wherever else it belongs. */
async function isBuilt(step: Step): Promise<boolean> {
  const out = stepOutput(step);
  return existsSync(out) && (await step.present?.(foldersOf(step, out))) !== false;
}

/** The steps and all that they need, each once and after those it needs. */
function closure(steps: Step[]): Step[] {
  const ordered = new Map<string, Step>();
  const visit = (step: Step): void => {
    if (ordered.has(step.name)) return;
    step.needs.forEach(visit);
    ordered.set(step.name, step);
  };
  steps.forEach(visit);
  return [...ordered.values()];
}

/** The steps, and those they need, that have to be built. */
export async function missing(steps: Step[]): Promise<Step[]> {
  const all = closure(steps);
  const built = await Promise.all(all.map(isBuilt));
  return all.filter((_, i) => !built[i]);
}

async function buildOne(step: Step, say: (line: string) => void): Promise<void> {
  const out = stepOutput(step);
  const partial = `${out}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  await step.build(foldersOf(step, partial), say);
  rmSync(out, { recursive: true, force: true });
  renameSync(partial, out);
  // Older outputs of the same step are not used any more.
  for (const entry of readdirSync(stepsFolder)) {
    const old = join(stepsFolder, entry);
    if (
      entry.startsWith(`${step.name}-`) &&
      /-[0-9a-f]{12}(\.partial)?$/.test(entry) &&
      entry.replace(/-[0-9a-f]{12}(\.partial)?$/, "") === step.name &&
      old !== out
    ) {
      rmSync(old, { recursive: true, force: true });
    }
  }
}

/**
 * Builds the missing steps, each as soon as the steps it needs are there, and one at a time in a lane. After an
 * interruption the next run continues, because a step's output is either complete or missing.
 *
 * @throws the first error of a step; steps that already run go on to their end
 */
export async function buildSteps(steps: Step[], title: string): Promise<void> {
  const todo = await missing(steps);
  if (todo.length === 0) return;
  const done = new Map<string, Promise<void>>();
  const lanes: Record<Step["lane"], Promise<unknown>> = { cpu: Promise.resolve(), network: Promise.resolve() };
  const start = (step: Step, task: Task): Promise<void> => {
    const needed = Promise.all(step.needs.map((need) => done.get(need.name)));
    const turn = lanes[step.lane];
    const run = (async () => {
      await needed;
      await turn;
      const began = Date.now();
      await buildOne(step, (line) => {
        task.output = line;
      });
      task.title = `${step.title} (${Math.round((Date.now() - began) / 1000)} s)`;
    })();
    lanes[step.lane] = run.catch(() => undefined);
    done.set(step.name, run);
    return run;
  };
  const minutes = Math.max(1, Math.round(expectedSeconds(todo) / 60));
  const list = new Listr(
    [
      {
        title: `${title}: ${todo.length} steps, about ${minutes} min; it can be interrupted and goes on where it was`,
        task: (_, parent) =>
          parent.newListr(
            todo.map((step) => ({
              title: `${step.title} [~${step.seconds} s]`,
              task: (_context, task) => start(step, task as Task),
            })),
            { concurrent: true, exitOnError: true },
          ),
      },
    ],
    {
      rendererOptions: { collapseSubtasks: false, timer: undefined },
      fallbackRendererOptions: { logger: progress() },
      registerSignalListeners: false,
    },
  );
  await list.run();
}

/**
 * Reports progress on standard error, because without a terminal a program reads standard output
 * (`eval "$(npm run -s env)"`).
 */
function progress(): ListrLogger {
  return new ListrLogger({
    useIcons: true,
    ...LISTR_LOGGER_STYLE,
    processOutput: new ProcessOutput(process.stderr, process.stderr),
  });
}

/** Wall time to expect: the longer of the two lanes. */
export function expectedSeconds(steps: Step[]): number {
  const lane = (name: Step["lane"]): number =>
    steps.filter((step) => step.lane === name).reduce((sum, step) => sum + step.seconds, 0);
  return Math.max(lane("cpu"), lane("network"));
}

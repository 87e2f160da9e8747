import { Refusal } from "../../../config/refusal";
import { SELECTOR } from "../operations";
import { type Operation, type Phase, typed } from "./journal";
import { hopeless, memberLine, type Restarts, restarts } from "./members";
import type { Objects } from "./objects";
import { observe } from "./observe";
import { perform } from "./perform";
import { type Step, nextStep } from "./steps";
import { type Store, writeStore } from "./store";

/** The cluster an operation runs on, and the functions it uses to speak and to wait. */
export interface Place {
  objects: Objects;
  namespace: string;
  say: (line: string) => void;
  /** Waits for a number of milliseconds. */
  pause: (milliseconds: number) => Promise<unknown>;
}

/** Milliseconds between two looks at the cluster while something is awaited. */
const LOOK_MS = 2_000;

/** Looks at one awaited thing: ten minutes. A large database takes longer; the user can then wait on with --resume. */
const PATIENCE = 300;

/** How often in a row the same step may be due: more often means that something else undoes it. */
const REPEATS = 5;

const SAYS: Record<Phase, (operation: Operation) => string> = {
  stop: () => "stopping the database",
  aside: () => "setting its volumes aside",
  fill: ({ source }) =>
    "wish" in source ? "asking the members to begin from the repository" : "giving the members the old volumes back",
  start: () => "starting the members",
  settle: () => "putting things in order",
};

const AWAITED: Record<Extract<Step, { do: "wait" }>["until"], string> = {
  ended:
    "A pod of the database does not end; where its node is off for good, `kubectl delete pod NAME --force` lets it go",
  released: "A claim is not let go; `kubectl describe pvc` says who uses it",
  bound: "A claim is not bound to its old volume; `kubectl describe pvc` says why",
  writable: "No member accepts writes yet; with a large database that is only slow",
};

/**
 * Carries the journal's operation out, from where it is to its end. If this process is killed, the journal and the
 * cluster are enough to continue.
 *
 * @throws Refusal with what to type, where a person has to decide
 */
export async function carryOn(place: Place, begun: Store): Promise<Store> {
  const { objects, namespace, say } = place;
  const watch = watcher(place);
  let store = begun;
  let said: string | undefined;
  let waited = 0;
  let last = "";
  for (let repeats = 0; store.journal.operation; ) {
    const { operation, kept } = store.journal;
    if (said !== operation.phase) say(SAYS[operation.phase](operation));
    said = operation.phase;
    const step = nextStep(operation, kept, await observe(objects, namespace, operation));
    const asText = JSON.stringify(step);
    const repeated = asText === last;
    last = asText;
    if (step.do === "wait") {
      waited = repeated ? waited + 1 : 0;
      await watch(step.until, waited);
      continue;
    }
    repeats = repeated ? repeats + 1 : 0;
    if (repeats === REPEATS)
      throw new Refusal(
        `Something else changes back what this command changes (${step.do}): end it, then ${typed("--resume")}.`,
      );
    const journal = await perform(objects, namespace, step, store.journal);
    if (journal !== store.journal) store = await writeStore(objects, store, journal);
  }
  return store;
}

type Awaited = keyof typeof AWAITED;

/** Waits between two looks and reports every change. @throws Refusal where waiting is hopeless or takes too long */
function watcher({ objects, say, pause }: Place): (until: Awaited, waited: number) => Promise<void> {
  let last = "";
  let before: Restarts | undefined;
  return async (until, waited) => {
    if (until === "ended" || until === "writable") {
      const pods = await objects.list("pod", SELECTOR);
      const line = memberLine(pods);
      if (line !== last) say(`  ${line}`);
      last = line;
      before ??= restarts(pods);
      const reason = until === "writable" ? hopeless(pods, before) : undefined;
      if (reason)
        throw new Refusal(
          `No member can start; ${reason}. The old data is kept: ` +
            `${typed("--undo")} goes back to it, ${typed("--resume")} tries on.`,
        );
    }
    if (waited >= PATIENCE)
      throw new Refusal(
        `${AWAITED[until]}: ${typed("--resume")} waits on, ${typed("--undo")} goes back to the old data.`,
      );
    await pause(LOOK_MS);
  };
}

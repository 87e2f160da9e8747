import { Refusal } from "../../../config/refusal";
import { archiveEverything } from "./archive";
import { beginRestore, beginUndo, idAt } from "./begin";
import { carryOn, type Place } from "./carry";
import { choose } from "./catalogue";
import { begunBackup } from "./first-backup";
import { type Operation, restoredTo, typed, unfinished, utc } from "./journal";
import { chosenSet, deleteKept, demandUnused, described, leftOver, named } from "./kept";
import { wishedMoment } from "./moment";
import { observe } from "./observe";
import { demandRights } from "./rights";
import { openStore, type Store, writeStore } from "./store";
import { highestTimeline } from "./timelines";

/** What a restore, an undo or a discard works with. */
export interface Session extends Place {
  /** Members that the stack declares, for a database that is scaled to 0. */
  members: number;
  now: () => Date;
  /** Asks the user a question; true where the answer was this one, or where `--yes` was given. */
  confirm: (question: string, answer: string) => Promise<boolean>;
}

const NOTHING = "Nothing was changed.";

const UNKNOWN_TIMELINES =
  "The repository does not answer yet. If it still does not answer when the database is stopped, the old database " +
  "may choose a timeline that the archive has already; the alert on the archive would then fire.";

/** Restores the database to a moment: `to` as typed, or else the end of the live history. */
export async function restore(session: Session, options: { to?: string; timeline?: number }): Promise<void> {
  const { objects, namespace, say } = session;
  const asked = [
    ...(options.to === undefined ? [] : [`--to '${options.to}'`]),
    ...(options.timeline === undefined ? [] : [`--timeline ${options.timeline}`]),
  ].join(" ");
  const store = await openStore(objects, namespace);
  const { operation } = store.journal;
  // People type the same command again after one that was interrupted, so it resumes.
  if (operation?.asked === asked && "wish" in operation.source) return finish(session, store);
  if (operation) throw new Refusal(unfinished(operation));
  const time = options.to === undefined ? undefined : wishedMoment(options.to);
  await demandRights(objects);
  const observed = await observe(objects, namespace);
  if (observed.pods.length > 0) await archiveEverything(objects, say);
  const { backup, timeline, target } = await choose(objects, time, options.timeline);
  const moment =
    target === null ? "everything that was saved" : `its state at ${utc(target)}; what was written later is not in it`;
  say(`That is in the repository: backup ${backup} and the WAL of timeline ${timeline} after it.`);
  const question =
    `The database in ${namespace} becomes ${moment}. Nobody can use it meanwhile. ` +
    `Its volumes are kept, with all that is written until it stops, and ${typed("--undo")} goes back to them. Go on?`;
  if (!(await session.confirm(question, "y"))) throw new Refusal(NOTHING);
  // Archives what was written while the question was open. The primary archives the rest itself as it stops.
  if (target === null && observed.pods.length > 0) await archiveEverything(objects, say);
  const now = session.now();
  const beginning = { id: idAt(now), now: now.toISOString(), asked, members: observed.replicas || session.members };
  await finish(
    session,
    await writeStore(
      objects,
      store,
      beginRestore(store.journal, await observe(objects, namespace), beginning, { time: target, timeline, backup }),
    ),
  );
}

/** Resumes an unfinished operation. @throws Refusal where there is none */
export async function resume(session: Session): Promise<void> {
  const store = await openStore(session.objects, session.namespace);
  if (!store.journal.operation) throw new Refusal("No restore is under way: there is nothing to go on with.");
  await finish(session, store);
}

/** Goes back to old data, also in the middle of a restore. The data in use now is kept instead. */
export async function undo(session: Session, name: string | undefined): Promise<void> {
  const { objects, namespace } = session;
  const store = await openStore(objects, namespace);
  const set = undoTarget(store, name);
  await demandRights(objects);
  const observed = await observe(objects, namespace);
  const question =
    `The database in ${namespace} becomes old data again: ${described(set)}. ` +
    "What is in use now is kept in its turn. Go on?";
  if (!(await session.confirm(question, "y"))) throw new Refusal(NOTHING);
  const now = session.now();
  const members = observed.replicas || store.journal.operation?.members || session.members;
  const beginning = { id: idAt(now), now: now.toISOString(), asked: `--undo ${set.id}`, members };
  const taken = await highestTimeline(objects);
  if (taken === undefined) session.say(UNKNOWN_TIMELINES);
  await finish(
    session,
    await writeStore(
      objects,
      store,
      beginUndo(store.journal, await observe(objects, namespace), beginning, set.id, taken ?? 0),
    ),
  );
}

/** The set to go back to. @throws Refusal where there is none */
function undoTarget({ journal }: Store, name: string | undefined) {
  const { operation } = journal;
  if (operation && name === undefined && !journal.kept.some(({ id }) => id === operation.id)) {
    throw new Refusal(
      `${typed(operation.asked)} is not finished, and there was no data before it to go back to: ` +
        `${typed("--resume")} goes on.`,
    );
  }
  return chosenSet(journal, name);
}

/** Deletes kept data for good, after a confirmation. */
export async function discard(session: Session, name: string | undefined): Promise<void> {
  const { objects, namespace, say } = session;
  const store = await openStore(objects, namespace);
  const { operation, kept } = store.journal;
  if (operation) throw new Refusal(unfinished(operation));
  if (kept.length === 0) throw new Refusal("No old data is kept: there is nothing to discard.");
  const sets = name === undefined ? kept : [named(kept, name)];
  await demandUnused(session, name);
  const answer = sets.length === 1 ? (sets[0]?.id ?? "") : "all";
  if (
    !(await session.confirm(`This deletes for good:\n${sets.map((set) => `  ${described(set)}`).join("\n")}`, answer))
  )
    throw new Refusal(NOTHING);
  const left = await deleteKept(session, name);
  const remaining = kept.filter((set) => !sets.includes(set));
  // With no kept data left, the journal need not say what the data in use was restored to.
  await writeStore(objects, store, remaining.length === 0 ? { kept: [] } : { ...store.journal, kept: remaining });
  say(left.length === 0 ? "Deleted." : leftOver(left));
}

async function finish(session: Session, store: Store): Promise<void> {
  const operation = store.journal.operation as Operation;
  const began = Date.parse(operation.began);
  const moment = restoredTo(operation, store.journal.kept);
  const { journal } = await carryOn(session, store);
  const kept = journal.kept.find(({ id }) => id === operation.id);
  const seconds = Math.round((session.now().getTime() - began) / 1000);
  const what = moment === undefined ? "as it was" : `restored to ${moment}`;
  session.say(`The database is ${what}, ${seconds} s after this began; the other members follow.`);
  if ("wish" in operation.source) session.say(begunBackup(operation.id));
  if (kept)
    session.say(
      `What was in use before is kept: ${typed(`--undo ${kept.id}`)} goes back to it, ` +
        `${typed(`--discard ${kept.id}`)} deletes it.`,
    );
}

import { setTimeout } from "node:timers/promises";
import { awaitedBackupNow } from "./first-backup";
import { unfinished } from "./journal";
import { deleteKept, keptLines, leftOver } from "./kept";
import { KEPT } from "./names";
import { kubectlObjects } from "./objects";
import { demandNothingUnfinished, openStore, readJournal } from "./store";

/**
 * What `status` says about restores: an unfinished one, a first backup that is not whole, and kept data. Empty where
 * there is none of these, or the cluster does not answer.
 */
export async function restoreLines(context: string, namespace: string): Promise<string[]> {
  const objects = kubectlObjects(context, namespace);
  // Volumes belong to the whole cluster, and this user may not be allowed to list them.
  const store = await openStore(objects, namespace)
    .catch(() => readJournal(objects))
    .catch(() => undefined);
  if (!store) return [];
  const { operation, kept } = store.journal;
  // While a restore is under way, its own sentence is enough.
  const backup = operation ? undefined : await awaitedBackupNow(objects).catch(() => undefined);
  return [...(operation ? [unfinished(operation)] : []), ...(backup ? [backup] : []), ...keptLines(kept, Date.now())];
}

/** @throws Refusal where a restore is not finished, because a change of the database would disturb it */
export async function demandNoRestore(context: string, namespace: string): Promise<void> {
  await demandNothingUnfinished(kubectlObjects(context, namespace));
}

/** Deletes the data that restores have kept, after the namespace is deleted. Kept volumes outlive the namespace. */
export async function forgetRestores(context: string, namespace: string, say: (line: string) => void): Promise<void> {
  try {
    const left = await deleteKept({
      objects: kubectlObjects(context, namespace),
      namespace,
      pause: (milliseconds) => setTimeout(milliseconds),
    });
    if (left.length > 0) say(leftOver(left));
  } catch (error) {
    say(
      `Whether restores have kept volumes could not be seen (${(error as Error).message.split("\n").at(-1)}): ` +
        `\`kubectl get pv -l ${KEPT.from}=${namespace}\` lists them.`,
    );
  }
}

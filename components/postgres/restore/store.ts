import type { V1PersistentVolume } from "@kubernetes/client-node";
import { ExecaError } from "execa";
import { databaseLabels } from "../names";
import { POSTGRES } from "../operations";
import { Refusal } from "../../../config/refusal";
import { type Journal, type Kept, NO_JOURNAL, parseJournal, unfinished } from "./journal";
import { JOURNAL, KEPT, KEPT_NOTES } from "./names";
import type { Objects } from "./objects";
import { isKept } from "./observe";

const KEY = "journal.json";

/** The journal in the cluster, and the version of its ConfigMap that was read or written last. */
export interface Store {
  journal: Journal;
  /** Undefined where there is no ConfigMap yet. */
  version?: string;
}

/** Reads the journal without comparing it with the volumes. */
export async function readJournal(objects: Pick<Objects, "get">): Promise<Store> {
  const found = await objects.get("configmap", JOURNAL);
  if (!found) return { journal: NO_JOURNAL };
  const version = found.metadata?.resourceVersion;
  return { journal: parseJournal(found.data?.[KEY] ?? '{"kept":[]}'), ...(version === undefined ? {} : { version }) };
}

/** Reads the journal, and adds what only the volumes' labels know. */
export async function openStore(objects: Objects, namespace: string): Promise<Store> {
  const [store, volumes] = await Promise.all([readJournal(objects), objects.list("persistentvolume")]);
  return { ...store, journal: reconciled(store.journal, volumes, namespace) };
}

/**
 * Writes the journal.
 *
 * @throws Refusal if another process has written it since it was read
 */
export async function writeStore(objects: Objects, { version }: Store, journal: Journal): Promise<Store> {
  try {
    if (version === undefined) return { journal, version: await objects.create(configMap(journal)) };
    if (!journal.operation && journal.kept.length === 0) {
      await objects.remove("configmap", JOURNAL);
      return { journal };
    }
    return {
      journal,
      version: await objects.patch("configmap", JOURNAL, {
        metadata: { resourceVersion: version },
        data: { [KEY]: JSON.stringify(journal) },
      }),
    };
  } catch (error) {
    if (!(error instanceof ExecaError) || !/AlreadyExists|Conflict|has been modified/.test(String(error.stderr)))
      throw error;
    throw new Refusal(
      `Another command, on another machine, carries on a restore of this database: it has changed ${JOURNAL}. ` +
        "Let it end, or end it, then `npm run restore -- --resume`.",
    );
  }
}

const configMap = (journal: Journal) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: JOURNAL, labels: databaseLabels(POSTGRES) },
  data: { [KEY]: JSON.stringify(journal) },
});

/**
 * The journal, corrected by the volumes that exist. Pure. Sets without any volume are removed. Sets that only the
 * labels know, because the namespace or the journal was deleted, are added without Patroni's state.
 */
function reconciled(journal: Journal, volumes: V1PersistentVolume[], namespace: string): Journal {
  const names = new Set(volumes.map(({ metadata }) => metadata?.name));
  const needed = new Set([
    journal.operation?.id,
    journal.operation && "kept" in journal.operation.source ? journal.operation.source.kept : undefined,
  ]);
  const kept = journal.kept.filter((set) => needed.has(set.id) || set.volumes.some(({ volume }) => names.has(volume)));
  const found = new Map<string, Kept>();
  for (const volume of volumes.filter((one) => isKept(one, namespace))) {
    const { labels = {}, annotations = {}, name = "" } = volume.metadata ?? {};
    const id = labels[KEPT.as] ?? "";
    if (journal.kept.some((set) => set.id === id)) continue;
    const restoredTo = annotations[KEPT_NOTES.restoredTo];
    const set = found.get(id) ?? {
      id,
      since: annotations[KEPT_NOTES.since] ?? "",
      ...(restoredTo === undefined ? {} : { restoredTo }),
      volumes: [],
      state: [],
    };
    const used = {
      volume: name,
      claim: annotations[KEPT_NOTES.claim] ?? "",
      policy: annotations[KEPT_NOTES.policy] ?? "Delete",
    };
    found.set(id, { ...set, volumes: [...set.volumes, used] });
  }
  return { ...journal, kept: [...kept, ...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** @throws Refusal where a restore or an undo is not finished */
export async function demandNothingUnfinished(objects: Pick<Objects, "get">): Promise<void> {
  const { operation } = (await readJournal(objects)).journal;
  if (operation) throw new Refusal(unfinished(operation));
}

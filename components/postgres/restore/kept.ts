import type { V1PersistentVolume } from "@kubernetes/client-node";
import { Refusal } from "../../../config/refusal";
import type { Place } from "./carry";
import { instant, type Journal, type Kept, typed } from "./journal";
import { KEPT } from "./names";
import { isKept } from "./observe";

/**
 * Days after which `npm run status` says that old data may be discarded. Nothing is discarded automatically. In a week
 * everybody who works with the data has seen it once.
 */
const KEEP_DAYS = 7;

const DAY_MS = 24 * 3600 * 1000;

/** One kept set in words: its name, its data, and since when it is kept. */
export function described({ id, since, restoredTo, volumes }: Kept): string {
  const what =
    restoredTo === undefined ? "the database as it ran until then" : `the database restored to ${restoredTo}`;
  const when = since === "" ? "nobody knows when" : instant(since);
  return `${id}: ${what}, kept since ${when} (${volumes.length} ${volumes.length === 1 ? "volume" : "volumes"})`;
}

/** What `status` says about kept data, one line for each set. Pure. */
export function keptLines(kept: Kept[], now: number): string[] {
  return kept.map((set) => {
    const ways = `${typed(`--undo ${set.id}`)} goes back to it, ${typed(`--discard ${set.id}`)} deletes it`;
    const old =
      now - Date.parse(set.since) >= KEEP_DAYS * DAY_MS ? `; after ${KEEP_DAYS} days it may be discarded` : "";
    return `Old data ${described(set)}: ${ways}${old}.`;
  });
}

/**
 * The set that an undo goes back to. Without a name it is the data that was never restored: after several tries, people
 * mean that one. Where all sets were restored once, it is the newest.
 *
 * @throws Refusal where there is no such set, naming those that exist
 */
export function chosenSet({ operation, kept }: Journal, name: string | undefined): Kept {
  if (kept.length === 0) throw new Refusal("No old data is kept: there is nothing to go back to.");
  if (name !== undefined) return named(kept, name);
  return (
    kept.find(({ id }) => id === operation?.id) ??
    [...kept].reverse().find(({ restoredTo }) => restoredTo === undefined) ??
    (kept.at(-1) as Kept)
  );
}

/** The kept set of this name. @throws Refusal naming the sets that exist */
export function named(kept: Kept[], name: string): Kept {
  const set = kept.find(({ id }) => id === name);
  if (set) return set;
  throw new Refusal(
    `No old data is kept under the name ${name}; there is:\n${kept.map((one) => `  ${described(one)}`).join("\n")}`,
  );
}

/** Milliseconds between two looks at volumes that are being deleted, and the number of looks: two minutes in all. */
const LOOK_MS = 2_000;
const LOOKS = 60;

/** Kept volumes of this namespace's database: those of one set, or all. */
async function keptVolumes(
  { objects, namespace }: Pick<Place, "objects" | "namespace">,
  which: string | undefined,
): Promise<V1PersistentVolume[]> {
  const all = await objects.list("persistentvolume");
  return all.filter(
    (volume) => isKept(volume, namespace) && (which === undefined || volume.metadata?.labels?.[KEPT.as] === which),
  );
}

/** @throws Refusal where a member uses one of these volumes, because an undo was not finished */
export async function demandUnused(place: Place, which?: string): Promise<void> {
  const used = (await keptVolumes(place, which)).find(({ status }) => status?.phase === "Bound");
  if (used) throw new Refusal(`The volume ${used.metadata?.name} is in use; nothing was deleted.`);
}

/**
 * Deletes kept volumes with their data, and returns the names of those that are still there after two minutes.
 *
 * @param which the set's name; @default all sets
 */
export async function deleteKept(place: Omit<Place, "say">, which?: string): Promise<string[]> {
  // With this policy the provisioner deletes the disk. Deleting the object would leave the disk behind.
  for (const { metadata } of await keptVolumes(place, which)) {
    await place.objects.patch("persistentvolume", metadata?.name ?? "", {
      spec: { persistentVolumeReclaimPolicy: "Delete" },
    });
  }
  for (let looks = 0; looks < LOOKS; looks += 1) {
    if ((await keptVolumes(place, which)).length === 0) return [];
    await place.pause(LOOK_MS);
  }
  return (await keptVolumes(place, which)).map(({ metadata }) => metadata?.name ?? "");
}

/** The sentence on what to do with volumes that no provisioner deletes. */
export function leftOver(names: string[]): string {
  return (
    `These volumes may go now, but nothing deletes them: ${names.join(", ")}. ` +
    "`kubectl delete pv NAME` forgets one; its disk is deleted where it was made."
  );
}

import type { V1Endpoints } from "@kubernetes/client-node";
import { databaseLabels } from "../names";
import { POSTGRES } from "../operations";
import { Refusal } from "../../../config/refusal";
import type { Journal, Kept, Operation, StateObject, UsedVolume, Wish } from "./journal";
import { finished } from "./begin";
import { backupJobName } from "./first-backup";
import { BACKUP_JOB, KEPT, KEPT_NOTES, STATE_OBJECTS, WISH } from "./names";
import type { Objects } from "./objects";
import type { Step } from "./steps";
import { highestTimeline, passedOver } from "./timelines";

/** Carries one step out. @returns the new journal, which the caller writes */
export async function perform(
  objects: Objects,
  namespace: string,
  step: Exclude<Step, { do: "wait" }>,
  journal: Journal,
): Promise<Journal> {
  const { operation } = journal;
  if (!operation) return journal;
  switch (step.do) {
    case "scale":
      await objects.patch("statefulset", POSTGRES, { spec: { replicas: step.replicas } });
      return journal;
    case "save":
      return {
        ...journal,
        kept: journal.kept.map((set) => (set.id === operation.id ? { ...set, state: step.state } : set)),
      };
    case "timelines":
      return { ...journal, operation: { ...operation, source: await readLast(objects, operation.source) } };
    case "keep":
      await keep(objects, namespace, step.volume, step.set);
      return journal;
    case "release":
      await objects.remove("persistentvolumeclaim", step.claim);
      return journal;
    case "state":
      await writeState(objects, step.state);
      return journal;
    case "wish":
      await writeWish(objects, step.wish);
      return journal;
    case "reserve":
      await objects.patch("persistentvolume", step.volume.volume, {
        spec: { claimRef: reservation(namespace, step.volume) },
      });
      return journal;
    case "claim":
      await claim(objects, step.volume);
      return journal;
    case "unkeep":
      await unkeep(objects, step.volume);
      return journal;
    case "backup":
      await backUp(objects, backupJobName(operation.id));
      return journal;
    case "phase":
      return { ...journal, operation: { ...operation, phase: step.phase } };
    case "refuse":
      throw new Refusal(step.why);
    case "done":
      return finished(journal);
  }
}

/** An undo's source, with the used timelines read again now that no member runs. */
async function readLast(objects: Objects, source: Operation["source"]): Promise<Operation["source"]> {
  if (!("kept" in source)) return source;
  const timelinesTaken = passedOver(source.timelinesTaken, await highestTimeline(objects));
  return { ...source, timelinesTaken, readLast: true };
}

/** Makes a volume outlive its claim, and labels it with all that the journal knows of it. */
async function keep(
  objects: Objects,
  namespace: string,
  { volume, claim: claimName, policy }: UsedVolume,
  set: Kept,
): Promise<void> {
  const notes = {
    [KEPT_NOTES.claim]: claimName,
    [KEPT_NOTES.policy]: policy,
    [KEPT_NOTES.since]: set.since,
    [KEPT_NOTES.restoredTo]: set.restoredTo ?? null,
  };
  await objects.patch("persistentvolume", volume, {
    metadata: { labels: { [KEPT.from]: namespace, [KEPT.of]: POSTGRES, [KEPT.as]: set.id }, annotations: notes },
    spec: { persistentVolumeReclaimPolicy: "Retain" },
  });
}

async function unkeep(objects: Objects, { volume, policy }: UsedVolume): Promise<void> {
  const none = (keys: object): Record<string, null> =>
    Object.fromEntries(Object.values(keys).map((key: string) => [key, null]));
  await objects.patch("persistentvolume", volume, {
    metadata: { labels: none(KEPT), annotations: none(KEPT_NOTES) },
    spec: { persistentVolumeReclaimPolicy: policy },
  });
}

/**
 * Reserves a volume for the next claim of this name: without the uid of the deleted claim it binds to that one only.
 */
const reservation = (namespace: string, { claim: name }: UsedVolume) => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  namespace,
  name,
  uid: null,
  resourceVersion: null,
});

/** Makes the claim that a reserved volume waits for, from the volume's own specification. */
async function claim(objects: Objects, { volume: volumeName, claim: name }: UsedVolume): Promise<void> {
  const { spec } = (await objects.get("persistentvolume", volumeName)) ?? {};
  await objects.create({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, labels: databaseLabels(POSTGRES) },
    spec: {
      accessModes: spec?.accessModes ?? ["ReadWriteOnce"],
      // An empty name means no class; without the field it would be the default class.
      storageClassName: spec?.storageClassName ?? "",
      ...(spec?.volumeMode ? { volumeMode: spec.volumeMode } : {}),
      resources: { requests: { storage: spec?.capacity?.["storage"] ?? "1" } },
      volumeName,
    },
  });
}

async function writeState(objects: Objects, state: StateObject[]): Promise<void> {
  for (const name of STATE_OBJECTS) await objects.remove("endpoints", name);
  for (const { name, labels, annotations } of state) {
    const endpoints: V1Endpoints = { apiVersion: "v1", kind: "Endpoints", metadata: { name, labels, annotations } };
    await objects.create(endpoints);
  }
}

async function writeWish(objects: Objects, wish: Wish | undefined): Promise<void> {
  await objects.remove("configmap", WISH);
  if (!wish) return;
  await objects.create({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: WISH, labels: databaseLabels(POSTGRES) },
    data: { "restore.json": JSON.stringify(wish) },
  });
}

/** Starts a full backup at once, because the old backups belong to another timeline. */
async function backUp(objects: Objects, name: string): Promise<void> {
  const template = (await objects.get("cronjob", BACKUP_JOB))?.spec?.jobTemplate;
  if (!template) return;
  await objects.create({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, ...(template.metadata?.labels ? { labels: template.metadata.labels } : {}) },
    ...(template.spec ? { spec: template.spec } : {}),
  });
}

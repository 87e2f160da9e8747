import type { V1Endpoints, V1PersistentVolume, V1PersistentVolumeClaim } from "@kubernetes/client-node";
import { z } from "zod";
import { CONTAINERS, lockHolder, POSTGRES, SELECTOR, sql } from "../operations";
import { Refusal } from "../../../config/refusal";
import { backupJobName } from "./first-backup";
import type { Operation, StateObject } from "./journal";
import { BACKUP_JOB, KEPT, ordinalOf, STATE_OBJECTS, WISH } from "./names";
import type { Objects } from "./objects";
import type { Claim, Observed, Volume } from "./steps";

/** SQL: empty on a standby; on a primary its timeline as eight hexadecimal digits. */
const TIMELINE =
  "select case when pg_is_in_recovery() then '' else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end";

/** The member that holds Patroni's lock; undefined where none does. */
export async function leader(objects: Objects): Promise<string | undefined> {
  return lockHolder(await objects.get("endpoints", POSTGRES));
}

/** The primary, where it holds the lock and PostgreSQL itself says that it is the primary. */
async function primary(objects: Objects): Promise<Observed["primary"]> {
  const name = await leader(objects);
  if (name === undefined) return undefined;
  const timeline = (await objects.exec(name, CONTAINERS.database, ...sql(["-c", TIMELINE])).catch(() => "")).trim();
  return timeline === "" ? undefined : { name, timeline: Number.parseInt(timeline, 16) };
}

/**
 * Reads everything that {@link Observed} contains.
 *
 * @param operation what is under way; the primary is read only while the members start
 * @throws Refusal where the stack has no database
 */
export async function observe(objects: Objects, namespace: string, operation?: Operation): Promise<Observed> {
  const starting = operation?.phase === "start";
  const [set, pods, claims, volumes, state, wish, accepts, backedUp] = await Promise.all([
    objects.get("statefulset", POSTGRES),
    objects.list("pod", SELECTOR),
    objects.list("persistentvolumeclaim"),
    objects.list("persistentvolume"),
    Promise.all(STATE_OBJECTS.map((name) => objects.get("endpoints", name))),
    objects.get("configmap", WISH),
    starting ? primary(objects) : undefined,
    operation?.phase === "settle" ? backupBegun(objects, operation.id) : false,
  ]);
  if (!set)
    throw new Refusal(
      `There is no StatefulSet ${POSTGRES} in ${namespace}: \`npm run up\` makes it, then run this again.`,
    );
  const own = claims.filter(({ metadata }) => ordinalOf(metadata?.name ?? "") !== undefined).map(claimOf);
  return {
    replicas: set.spec?.replicas ?? 1,
    pods: pods.map(({ metadata }) => metadata?.name ?? ""),
    claims: own,
    volumes: volumes
      .filter((volume) => isKept(volume, namespace) || own.some((claim) => claim.volume === volume.metadata?.name))
      .map(volumeOf),
    state: state.flatMap((object) => (object ? [stateOf(object)] : [])),
    ...(wish ? { wish: wishId(wish.data?.["restore.json"]) } : {}),
    ...(accepts ? { primary: accepts } : {}),
    backedUp,
  };
}

/** Whether the first backup after an operation was begun, or the stack takes no backups. */
async function backupBegun(objects: Objects, id: string): Promise<boolean> {
  const [job, schedule] = await Promise.all([
    objects.get("job", backupJobName(id)),
    objects.get("cronjob", BACKUP_JOB),
  ]);
  return job !== undefined || schedule === undefined;
}

/** Whether a volume is old data of this namespace's database. */
export function isKept({ metadata }: V1PersistentVolume, namespace: string): boolean {
  return metadata?.labels?.[KEPT.from] === namespace && metadata.labels[KEPT.of] === POSTGRES;
}

function claimOf({ metadata, spec, status }: V1PersistentVolumeClaim): Claim {
  return {
    name: metadata?.name ?? "",
    bound: status?.phase === "Bound",
    ending: metadata?.deletionTimestamp !== undefined,
    ...(spec?.volumeName ? { volume: spec.volumeName } : {}),
  };
}

function volumeOf({ metadata, spec }: V1PersistentVolume): Volume {
  const keptAs = metadata?.labels?.[KEPT.as];
  const { name, uid } = spec?.claimRef ?? {};
  return {
    name: metadata?.name ?? "",
    policy: spec?.persistentVolumeReclaimPolicy ?? "Retain",
    ...(keptAs === undefined ? {} : { keptAs }),
    ...(name === undefined ? {} : { claim: { name, ...(uid ? { uid } : {}) } }),
  };
}

const stateOf = ({ metadata }: V1Endpoints): StateObject => ({
  name: metadata?.name ?? "",
  labels: metadata?.labels ?? {},
  annotations: metadata?.annotations ?? {},
});

/** Id of a wish; empty for one that an older version wrote without an id. */
function wishId(text: string | undefined): string {
  const wish = z.object({ id: z.string() }).safeParse(JSON.parse(text || "{}"));
  return wish.success ? wish.data.id : "";
}

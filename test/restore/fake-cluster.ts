import type { V1PersistentVolume, V1PersistentVolumeClaim } from "@kubernetes/client-node";
import { ExecaError } from "execa";
import type { Kind, Kinds } from "../../cluster/kinds";
import { BACKUP_JOB, member, REPOSITORY_POD, STATE_OBJECTS, WISH } from "../../components/postgres/restore/names";
import { POSTGRES } from "../../components/postgres/operations";
import type { Objects } from "../../components/postgres/restore/objects";
import { databaseLabels } from "../../components/postgres/names";
import { type Data, FakeDatabase } from "./fake-database";
import { FakeObjects, merged, type Stored } from "./fake-objects";

/** Thrown where a `kill -9` would end the command under test. */
export class Killed extends Error {}

/** Namespace of the stand-in. */
export const NAMESPACE = "online-shop";
const REPLICAS = 3;
const VOLUME = {
  capacity: { storage: "5Gi" },
  accessModes: ["ReadWriteOnce"],
  storageClassName: "standard",
  persistentVolumeReclaimPolicy: "Delete",
};

/**
 * Stand-in for a cluster with one database: objects in memory, and after each change the effects of the controllers.
 * A deleted claim waits for its pod, and deletes its volume unless that is retained. A reserved volume binds only to
 * its own claim. A StatefulSet makes missing claims, and they get new volumes. A patch with an old version is refused.
 */
export class FakeCluster extends FakeObjects implements Objects {
  readonly database = new FakeDatabase();
  /** Content of the disk of each volume, by the volume's name: null while empty, missing once deleted. */
  readonly disks = new Map<string, Data | null>();
  /** The change at which the command is killed, and whether it is carried out before that. */
  killAt: { change: number; after: boolean } | undefined;
  changes = 0;
  /** Rights that this user lacks, as `verb kind`. */
  readonly forbidden = new Set<string>();
  /** The answer to `choose`; undefined for a repository that does not answer. */
  choice: ((args: string) => object) | undefined = () => ({
    ok: true,
    backup: "20260131-021700F",
    timeline: 1,
    target: "2026-01-31 12:00:00+00",
  });
  /** Whether members that start end again at once. */
  crashing = false;
  private restarts = 0;

  /** @param orders what the running database holds; null for a namespace that has lost every claim */
  constructor(orders: string | null) {
    super();
    const replicas = orders === null ? 0 : REPLICAS;
    this.put("cronjob", { metadata: { name: BACKUP_JOB }, spec: { jobTemplate: { spec: {} } } });
    this.put("statefulset", { metadata: { name: POSTGRES }, spec: { replicas } });
    if (orders !== null) this.database.serves = { orders, timeline: 1 };
    this.settle();
  }

  async get<K extends Kind>(kind: K, name: string): Promise<Kinds[K] | undefined> {
    return this.peek(kind, name);
  }

  async list<K extends Kind>(kinds: K | readonly K[], selector = ""): Promise<Kinds[K][]> {
    // Time passes between two looks, so members that could not start try again.
    if (!this.database.serves) this.settle();
    const wanted = selector
      .split(",")
      .filter(Boolean)
      .map((pair) => pair.split("=") as [string, string]);
    const found = ([kinds].flat() as K[]).flatMap((kind) => this.all(kind));
    return found.filter(({ metadata }) => wanted.every(([key, value]) => metadata?.labels?.[key] === value));
  }

  async create(object: Kinds[Kind]): Promise<string> {
    return this.change(() => {
      const kind = (object.kind ?? "").toLowerCase() as Kind;
      if (this.peek(kind, object.metadata?.name ?? "")) throw refused("AlreadyExists");
      return this.put(kind, structuredClone(object) as unknown as Stored);
    });
  }

  async patch(kind: Kind, name: string, patch: object): Promise<string> {
    return this.change(() => {
      const found = this.peek(kind, name);
      if (!found) throw refused("NotFound");
      const version = (patch as Partial<Stored>).metadata?.resourceVersion;
      if (version !== undefined && version !== found.metadata?.resourceVersion) throw refused("Conflict");
      return this.put(kind, merged(found, patch) as Stored);
    });
  }

  async remove(kind: Kind, name: string): Promise<void> {
    await this.change(() => {
      if (kind === "persistentvolumeclaim" && this.peek(kind, name))
        return this.mend(kind, name, { metadata: { deletionTimestamp: "now" } });
      return String(this.forget(kind, name));
    });
  }

  async exec(pod: string, container: string, ...program: string[]): Promise<string> {
    const line = program.join(" ");
    if (line.includes("backup.catalogue")) {
      if (`${pod}/${container}` !== `${REPOSITORY_POD}/repository` || !this.choice) throw refused("no answer");
      const args = line.split("catalogue ")[1];
      const timelines = Array.from({ length: this.database.archived }, (_, index) => ({ id: index + 1 }));
      return JSON.stringify(
        args === undefined ? { backups: [], timelines, intervals: [], gaps: [] } : this.choice(args),
      );
    }
    if (!this.peek("pod", pod)) throw refused("NotFound");
    return line.includes("pg_walfile_name") ? (this.database.serves?.timeline ?? 0).toString(16).padStart(8, "0") : "";
  }

  async may(verb: string, kind: Kind): Promise<boolean> {
    return !this.forbidden.has(`${verb} ${kind}`);
  }

  /** Orders on every disk, by volume. */
  stored(): Record<string, string | undefined> {
    return Object.fromEntries([...this.disks].map(([name, data]) => [name, data?.orders]));
  }

  /** Deletes the namespace with everything in it. Volumes are in no namespace. */
  loseNamespace(): void {
    this.forgetAllBut("persistentvolume");
    this.settle();
  }

  private async change(carryOut: () => string): Promise<string> {
    const fatal = this.killAt?.change === this.changes;
    if (fatal && !this.killAt?.after) throw new Killed();
    this.changes += 1;
    const result = carryOut();
    this.settle();
    if (fatal) throw new Killed();
    return result;
  }

  /** Lets all controllers act, in the order in which they depend on each other. */
  private settle(): void {
    this.runStatefulSet();
    for (const claim of this.all("persistentvolumeclaim")) this.releaseOrBind(claim);
    for (const volume of this.all("persistentvolume")) this.reclaim(volume);
    this.runDatabase();
  }

  private runStatefulSet(): void {
    const replicas = this.peek("statefulset", POSTGRES)?.spec?.replicas ?? 0;
    if (this.crashing) this.restarts += 1;
    const failing = {
      name: "postgres",
      ready: false,
      restartCount: this.restarts,
      lastState: { terminated: { exitCode: 1, message: "no such backup" } },
    };
    for (let ordinal = 0; ordinal < REPLICAS; ordinal += 1) {
      const name = member(ordinal);
      if (ordinal >= replicas) {
        this.forget("pod", name);
        continue;
      }
      if (!this.peek("persistentvolumeclaim", `data-${name}`))
        this.put("persistentvolumeclaim", { metadata: { name: `data-${name}` } });
      const status = { phase: "Running", containerStatuses: this.crashing ? [failing] : [] };
      this.put("pod", { metadata: { name, namespace: NAMESPACE, labels: databaseLabels(POSTGRES) }, spec: {}, status });
    }
  }

  private releaseOrBind({ metadata, spec, status }: V1PersistentVolumeClaim): void {
    const name = metadata?.name ?? "";
    if (metadata?.deletionTimestamp && !this.peek("pod", name.replace("data-", "")))
      this.forget("persistentvolumeclaim", name);
    if (metadata?.deletionTimestamp || status?.phase === "Bound") return;
    const volumeName = spec?.volumeName ?? `pv-${this.next()}`;
    const found = this.peek("persistentvolume", volumeName);
    const reserved = found?.spec?.claimRef;
    if (spec?.volumeName && (!found || (reserved && (reserved.name !== name || reserved.uid)))) return;
    if (!found) this.disks.set(volumeName, null);
    const uid = `uid-${this.next()}`;
    const bound = { spec: { ...VOLUME, ...found?.spec, claimRef: { name, uid } }, status: { phase: "Bound" } };
    this.put("persistentvolume", merged(found ?? { metadata: { name: volumeName } }, bound) as Stored);
    this.mend("persistentvolumeclaim", name, { metadata: { uid }, spec: { volumeName }, status: { phase: "Bound" } });
  }

  private reclaim({ metadata, spec, status }: V1PersistentVolume): void {
    const name = metadata?.name ?? "";
    const owner = this.peek("persistentvolumeclaim", spec?.claimRef?.name ?? "")?.metadata?.uid;
    if (!spec?.claimRef?.uid || spec.claimRef.uid === owner) return;
    if (spec.persistentVolumeReclaimPolicy === "Retain") {
      if (status?.phase !== "Released") this.mend("persistentvolume", name, { status: { phase: "Released" } });
      return;
    }
    this.forget("persistentvolume", name);
    this.disks.delete(name);
  }

  private runDatabase(): void {
    const { database } = this;
    const volumes = this.all("pod").flatMap(
      ({ metadata }) => this.peek("persistentvolumeclaim", `data-${metadata?.name}`)?.spec?.volumeName ?? [],
    );
    const lock = this.peek("endpoints", POSTGRES);
    if (volumes.length === 0 || this.crashing) {
      database.serves = undefined;
      if (lock?.metadata?.annotations?.["leader"])
        this.mend("endpoints", POSTGRES, { metadata: { annotations: { leader: null } } });
      return;
    }
    if (!database.serves) {
      const wish = this.peek("configmap", WISH)?.data?.["restore.json"];
      database.start({
        data: volumes.flatMap((name) => this.disks.get(name) ?? []),
        lock: lock?.metadata?.annotations ?? {},
        initialized: this.peek("endpoints", STATE_OBJECTS[1] ?? "") !== undefined,
        ...(wish === undefined ? {} : { wish }),
      });
    }
    const { serves } = database;
    if (!serves) return;
    for (const name of volumes) this.disks.set(name, { ...serves });
    if (!lock?.metadata?.annotations?.["leader"]) this.writeState(serves);
  }

  private writeState({ orders }: Data): void {
    const [lock = "", config = "", sync = ""] = STATE_OBJECTS;
    for (const [name, own] of [
      [lock, { leader: member(0) }],
      [config, { initialize: "7" }],
      [sync, { ran: orders }],
    ] as const) {
      const known = this.peek("endpoints", name)?.metadata?.annotations;
      this.put("endpoints", {
        metadata: { name, labels: databaseLabels(POSTGRES), annotations: { ...known, ...own } },
      });
    }
  }
}

/** An error as kubectl's calls throw it. */
function refused(reason: string): ExecaError {
  return Object.assign(Object.create(ExecaError.prototype) as ExecaError, {
    stderr: `Error from server (${reason}): refused`,
    stdout: "",
    shortMessage: reason,
  });
}

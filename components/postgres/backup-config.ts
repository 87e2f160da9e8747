import type { OutsideEdge } from "../common/outside";
import { hostAndPort } from "../../config/addresses";
import type { ObjectStore } from "./args";
import { DATA_MOUNT, repositoryName, RUNTIME_DIRECTORY } from "./names";
import { DEFAULTS, HISTORY_PAUSE_SECONDS, QUEUE_SHARE } from "./settings";

/** What the pods' `backup.json` depends on; plain data. */
interface BackupFileSettings {
  /** The database component's name. */
  name: string;
  replicas: number;
  retainFull: number;
  /** Size of the data volume in bytes. */
  storageBytes: number;
  objectStore?: ObjectStore;
}

/**
 * Contents of `backup.json`, which the pods' programs make pgBackRest's configuration from
 * (image/holdfast/backup).
 */
export function backupFile(settings: BackupFileSettings): Record<string, unknown> {
  const { name, objectStore } = settings;
  // Short names, which the pods' own search domain completes: the file then depends on no namespace.
  const members = `${name}-members`;
  const repository = repositoryName(name);
  return {
    members: Array.from({ length: settings.replicas }, (_, ordinal) => `${name}-${ordinal}.${members}`),
    host: objectStore ? null : repository,
    s3: objectStore
      ? {
          "s3-bucket": objectStore.bucket,
          "s3-region": objectStore.region,
          "s3-endpoint": objectStore.endpoint,
          "s3-uri-style": objectStore.uriStyle ?? DEFAULTS.ObjectStore.uriStyle,
          path: `/${name}`,
        }
      : null,
    retain_full: settings.retainFull,
    queue_bytes: Math.floor(settings.storageBytes * QUEUE_SHARE),
    names: [repository, `*.${members}`],
  };
}

/**
 * The way out to an object store.
 *
 * @throws Error where its endpoint is no host
 */
export function objectStoreEdges(store: ObjectStore | undefined): OutsideEdge[] {
  if (store === undefined) return [];
  const [, address] = /^(?:https:\/\/)?([^/]+)$/.exec(store.endpoint) ?? [];
  const to = hostAndPort(`https://${address ?? ""}`);
  if (to === undefined)
    throw new Error(
      `Postgres: backup.objectStore.endpoint is "${store.endpoint}"; it must be a host such as ` +
        "s3.eu-central-1.amazonaws.com.",
    );
  return [{ ...to, cidr: store.cidr, why: "backups and WAL are kept there" }];
}

/** Names of the Secrets that pods with pgBackRest need for an object store. */
export const objectStoreSecrets = (store: ObjectStore | undefined): string[] => (store ? [store.secretName] : []);

const PGBACKREST = `pgbackrest --config=${RUNTIME_DIRECTORY}/pgbackrest.conf --stanza=main`;

/**
 * There while a primary is being stopped for a planned hand-over; made and removed by image/holdfast/hook.py.
 */
export const HANDING_OVER = `${RUNTIME_DIRECTORY}/handing-over`;

/** Names of WAL files that were given up, one a line; read and removed by image/holdfast/backup/owed.py. */
export const DROPPED = `${DATA_MOUNT}/wal-dropped`;

/** There since the first of a row of files was given up, until one is archived again. */
export const DROPPING = `${DATA_MOUNT}/wal-dropping`;

/**
 * Hands one WAL segment (`%p`) to the archive; pgBackRest queues it and sends it in the background.
 *
 * A shell command in three respects. The timeline's history file is the first thing a new primary archives, so its turn
 * is the one that waits. In a hand-over the command dies of a signal, which ends PostgreSQL's archiver: the last
 * segment of the old primary is sent when it is a standby (image/holdfast/backup/leftovers.py). And where
 * pgBackRest drops a file and calls that a success, the file's name is kept, so that somebody is told.
 */
export const ARCHIVE_COMMAND = [
  `case %f in *.history) sleep ${HISTORY_PAUSE_SECONDS};; esac`,
  `test ! -e ${HANDING_OVER} || kill -KILL $$`,
  `said=$(${PGBACKREST} archive-push %p 2>&1)`,
  "code=$?",
  'test -z "$said" || echo "$said" >&2',
  'case "$code $said" in' +
    ` "0 "*"dropped WAL"*) echo %f >> ${DROPPED}; test -e ${DROPPING} || : > ${DROPPING};;` +
    ` "0 "*) test ! -e ${DROPPING} || rm ${DROPPING};; esac`,
  "exit $code",
].join("; ");

import type * as pulumi from "@pulumi/pulumi";
import { selectorLabels } from "../common/labels";
import { workloadOf, type Workload } from "../common/workload";

/** TCP ports of the database's pods. */
export const PORTS = {
  /** PostgreSQL itself. */
  postgres: 5432,
  /** Patroni's REST interface: health of the member, and the cluster's dynamic configuration. */
  patroni: 8008,
  /** Holdfast's agent: fence, hand-over, metrics. */
  agent: 8009,
  /** postgres_exporter. */
  exporter: 9187,
  /** pgBackRest's own protocol, mutual TLS. */
  backup: 8432,
  /** Health and metrics of what runs pgBackRest's server. */
  backupMetrics: 8433,
} as const;

/** TCP ports of the poolers' pods. */
export const POOLER_PORTS = {
  /** PgBouncer, and the port of the per-pod Services. */
  pgbouncer: 6432,
  /** Holdfast's agent beside the pooler. */
  agent: 8009,
  /** pgbouncer_exporter. */
  exporter: 9127,
} as const;

/** Roles that the component keeps in the database; the superuser `postgres` is reachable over the local socket only. */
export const ROLES = {
  superuser: "postgres",
  replication: "replication",
  owner: "owner",
  app: "app",
  readonly: "readonly",
  monitoring: "monitoring",
} as const;

/** Selector labels of the database's pods, and of every Endpoints object that Patroni keeps. */
export const databaseLabels = (name: string) => selectorLabels(name, "database");

/** Name of the repository's host and of its Service. */
export const repositoryName = (name: string): string => `${name}-backup`;

/** The workloads of a database: its members, the poolers, the repository's host, and the pods that take backups. */
export interface Workloads {
  database: Workload;
  write: Workload;
  read: Workload;
  repository: Workload;
  /** With labels of their own, so that no Service, budget or policy of another workload takes them for its own. */
  job: Workload;
}

/**
 * The workloads that a database may have.
 *
 * @param name the component's name
 */
export function workloadsOf(name: string, namespace: pulumi.Input<string>): Workloads {
  return {
    database: workloadOf(name, "database", namespace),
    write: workloadOf(`${name}-pooler`, "pooler", namespace),
    read: workloadOf(`${name}-pooler-ro`, "pooler", namespace),
    repository: workloadOf(repositoryName(name), "backup", namespace),
    job: workloadOf(`${repositoryName(name)}-job`, "backup", namespace),
  };
}

/** Patroni's own objects of a database: the lock, which is the primary's address as well, and what else it keeps. */
export const patroniNames = (name: string): string[] => [name, `${name}-config`, `${name}-sync`, `${name}-failover`];

/** ConfigMap that a running cluster is brought to; agents know the name (image/holdfast/settings.py). */
export const dynamicName = (name: string): string => `${name}-dynamic`;

/** Which databases and callers there are, for the agents (image/holdfast/declared.py). */
export const DATABASES_FILE = "databases.json";

/**
 * Secrets with the passwords that the database, and the poolers, follow; agents know the names
 * (image/holdfast: agent.py, pooler/agent.py). Not `<name>-credentials`: a stack may still have Secrets of that name,
 * which its provider would make anew, and the database with them. Under this name they are new, and those go last.
 */
export const passwordsName = (name: string): string => `${name}-passwords`;
export const poolerPasswordsName = (name: string): string => `${name}-pooler-passwords`;

/**
 * Annotations with which commands and the image's programs (image/holdfast) tell one another something.
 */
export const ANNOTATIONS = {
  /** Of a member's pod: the sentence with which its agent says why it waits for a person. */
  waits: "holdfast.dev/waits",
  /** Of `<name>-config`: whom the fence let through last. */
  promotion: "holdfast.dev/promotion",
  /** Of `<name>-config`: a person's order that one member is to lead. */
  rescue: "holdfast.dev/rescue",
  /** Of Patroni's lock after an undo: the repository's highest timeline. A promotion takes a higher one. */
  timelinesTaken: "holdfast.dev/timelines-taken",
} as const;

/** Name of the template that each member's claim is made from. */
export const DATA_CLAIM = "data";

/** Name of a member's claim. @param member the pod's name; with the database's name, the start of every claim's */
export const claimOf = (member: string): string => `${DATA_CLAIM}-${member}`;

/** ConfigMaps of a restore. */
export const restoreNames = (name: string) => ({
  /** Asks the members to begin from the repository, while it exists (image/holdfast/backup/restore.py). */
  wish: `${name}-restore`,
  /** How far `npm run restore` has come, and which old volumes it keeps (restore/). */
  journal: `${name}-restore-journal`,
});

/**
 * Where the volume is mounted and where the data directory is in it: initdb wants a directory it can give mode 0700.
 */
export const DATA_MOUNT = "/var/lib/postgresql/data";
export const DATA_DIRECTORY = `${DATA_MOUNT}/pgdata`;

/** Shared socket directory of the containers in a database pod. */
export const SOCKET_DIRECTORY = "/run/postgresql";

/**
 * Directory of the image's own programs' runtime files: rendered configuration with passwords, mode 0600, in memory.
 */
export const RUNTIME_DIRECTORY = "/run/holdfast";

/** Where the passwords are mounted, one file per key. */
export const CREDENTIALS_DIRECTORY = "/run/secrets/postgres";

/** Where the rendered, password-free settings are mounted. */
export const SETTINGS_DIRECTORY = "/etc/holdfast";

/** Where the backup repository's volume is mounted. */
export const REPOSITORY_DIRECTORY = "/var/lib/pgbackrest";

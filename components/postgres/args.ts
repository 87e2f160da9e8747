import type * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import type { ComponentArgs, Transform } from "../common/component";
import type { Peer } from "../common/network";

/** CPU and memory of one container. */
export interface ContainerResources {
  /** Reserved for it, and what the scheduler counts. */
  requests: { cpu: string; memory: string };
  /** What it may use; beyond the memory it is killed. */
  limits: { cpu: string; memory: string };
}

/**
 * Every number that a caller may set of how fast and how safely the database fails over, each with its reason.
 *
 * How they hang together (times in seconds):
 * - The primary renews its lock every `loopWait`. A failed renewal is retried for at most `retryTimeout`, so a primary
 *   that is cut off gives up at `loopWait + retryTimeout` after its last renewal.
 * - Patroni alone would promote a standby only when the lock is `ttl` old, and `ttl` may not be below 20.
 * - The lock guard shortens that: when a renewal is overdue by more than the primary's own deadline (by `guardMargin`),
 *   and the primary does not answer either, it lets the lock expire and names who follows. It is safe because of the
 *   fence, not because of timing.
 */
export interface FailoverSettings {
  /**
   * Seconds a leader lock lives without renewal. Patroni's floor is 20 (its validator refuses less).
   */
  ttl: number;
  /**
   * Seconds between two cycles of Patroni, and between two renewals of the lock. 1 is Patroni's floor: an expired lock
   * is then noticed within a second, at the price of one small API write a second.
   */
  loopWait: number;
  /**
   * Seconds within which Patroni retries a failed call to the Kubernetes API before it treats the API as gone. One call
   * gets half of it. Where a renewal that had timed out was carried out all the same, the next try is refused as out of
   * date; with less than a second left to look again the primary demotes itself and starts anew. Patroni's floor is 3.
   * With 3 or 4 an API that stands still for 2 s of every 4 does that to a primary again and again; with 5 the first
   * try outlasts such a pause. A lost node's outage is longer by what is added. `loopWait + 2 * retryTimeout` must stay
   * under `ttl`, or a primary could lose its lock while it is still allowed to retry.
   */
  retryTimeout: number;
  /**
   * Seconds of margin after which the lock guard acts: a living primary has renewed its lock, or given up by itself,
   * within `loopWait + retryTimeout`; the rest is for a primary that is short of CPU, and renews late without having
   * noticed. `0` turns the guard off, and a lost node then costs the whole `ttl`.
   */
  guardMargin: number;
  /**
   * Seconds a crashed primary gets to start again before a standby takes over. 0: a standby at the same position is
   * ready at once and a crash recovery takes of unknown length.
   */
  primaryStartTimeout: number;
  /**
   * Seconds a stopping primary gets for its shutdown before it is killed; crash recovery is safe, a hanging stop is an
   * outage.
   */
  primaryStopTimeout: number;
  /**
   * Seconds without an answer after which a WAL sender or receiver calls its connection dead (Postgres' own default is
   * 60). Below `ttl`, so that a standby has left its dead primary before the lock is free.
   */
  walTimeout: number;
  /**
   * Milliseconds a standby waits before it tries to stream again. Postgres' default of 5000 was the largest part of an
   * outage: under quorum commit a new primary acknowledges nothing until another member streams from it.
   */
  walRetryMs: number;
  /**
   * Bytes a standby may be behind the last known position and still become primary. Under quorum commit the vote of the
   * other members is what protects acknowledged writes; this only keeps a member out that is far behind.
   * @default Patroni's own
   */
  maximumLagBytes: number;
  /**
   * Milliseconds that the poolers may stay paused for a planned hand-over. Past it they resume whatever the outcome,
   * and statements meet the database as it is.
   */
  pauseDeadlineMs: number;
  /**
   * Seconds a primary whose pod is to end waits for a calm moment before it hands over. A drain ends everything on a
   * node at once, and what starts elsewhere in its place takes the CPU: a switchover in the middle of that took 5 to 10
   * s on a small machine, where it takes 1.5 s otherwise. The primary serves meanwhile and is in no hurry.
   */
  calmSeconds: number;
  /**
   * Seconds a pooler that is to end stays on while no other one serves. One that starts anew is there after 6 to 10 s,
   * on a starved machine after 20, and one that had stayed for 20 s left just before.
   */
  poolerStaySeconds: number;
}

/** One of the two poolers. */
export interface PoolerArgs {
  /** Pods. */
  replicas?: number;
  /** Connections each pod may hold to the database. */
  poolSize?: number;
  /** Connections each pod accepts from callers. */
  maxClientConnections?: number;
  /**
   * Seconds a statement may wait here while the database is away; then it fails, and the caller is free again. A server
   * that blocks a worker for each request wants about 5, or a failover holds all of them. Planned hand-overs take up to
   * 2.
   */
  holdSeconds?: number;
  /** Who may call this pooler. @default the database's `clients` */
  clients?: Peer[];
}

/** A database beside the application's own; or, by that one's name, which extensions that one has. */
export interface DatabaseArgs {
  /**
   * Role that owns it and is alone in it but for those that read it: a program of its own. It is made, with a password
   * of its own.
   * @default `owner`, and `app` reads and writes, as in the application's own database
   */
  owner?: string;
  /**
   * Extensions, by name, of those that the image has; in the schema `extensions`, which everybody's `search_path` has.
   * One that is taken out of the list stays in the database.
   */
  extensions?: string[];
  /** Connections that each pooler pod may hold to it; the application's own has `poolSize`. */
  connections?: number;
}

/** A person, or a program, that only reads. */
export interface RoleArgs {
  /** Databases whose tables it reads: those that there are, and those that the owner's migrations will add. */
  reads: string[];
  /** Connections that each pooler pod may hold for it, out of those of its databases. */
  connections?: number;
}

/** The volume of each member. */
export interface StorageArgs {
  /** As Kubernetes writes it. */
  size?: string;
  /** Storage class. @default the cluster's own default class */
  className?: string;
  /** Whether volumes outlive the StatefulSet (the namespace's own deletion takes them along either way). */
  retain?: boolean;
}

/** Children whose finished arguments can be changed before they are created. */
export interface PostgresTransforms {
  /** The members. */
  statefulSet?: Transform<k8s.types.input.apps.v1.StatefulSet>;
  /** The pooler in front of the primary. */
  pooler?: Transform<k8s.types.input.apps.v1.StatefulSet>;
  /** The pooler in front of the standbys. */
  readPooler?: Transform<k8s.types.input.apps.v1.StatefulSet>;
}

/** Where an object store keeps the backups. */
export interface ObjectStore {
  /** Name of the bucket, which exists. */
  bucket: string;
  /** Region, in the store's own words. */
  region: string;
  /** Host name, for example `s3.eu-central-1.amazonaws.com`, with a port where that isn't 443. */
  endpoint: string;
  /**
   * Addresses of the store where they are private: a store of your own, or a cloud's by a private endpoint.
   * @default any public address
   */
  cidr?: string;
  /** Secret in the component's namespace with keys `s3-key` and `s3-key-secret`. */
  secretName: string;
  /** `host` for buckets in the host name, `path` for stores that want them in the path. */
  uriStyle?: "host" | "path";
}

/** Backups of the database. */
export interface BackupArgs {
  /** When a full backup is taken, in cron's five fields, UTC. @default past the hour that everybody else takes */
  schedule?: string;
  /** Full backups to keep; WAL older than the oldest of them goes with it. @default a week of nights */
  retainFull?: number;
  /** Size of the volume that holds them. @default twice the data volume's */
  size?: string;
  /** Storage class of that volume. @default the cluster's own default class */
  className?: string;
  /** Keeps the backups in an object store instead of on a volume. @default a volume */
  objectStore?: ObjectStore;
}

/** A value that PostgreSQL accepts for a setting. */
export type ParameterValue = string | number | boolean;

/** Arguments of {@link Postgres}. */
export interface PostgresArgs extends ComponentArgs {
  /** Image with PostgreSQL, Patroni, PgBouncer, pgBackRest and Holdfast's agent (`components/postgres/image`). */
  image: pulumi.Input<string>;
  /** Members. 3 survives the loss of one without losing a write; 1 is for trying things out and loses all of that. */
  replicas?: number;
  /**
   * What a commit waits for. `required`: always for one more member; with none left, writes wait.
   * `preferred`: for one more member as long as there is one; the last one left goes on alone.
   */
  durability?: "required" | "preferred";
  /** Database of the application. */
  database?: string;
  /**
   * Further databases, by name, and extensions. One that is taken out of the list stays, with its data; nobody is let
   * in to it any more.
   */
  databases?: Record<string, DatabaseArgs>;
  /** Further roles, by name, each with a password of its own. One that is taken out can't log in any more. */
  roles?: Record<string, RoleArgs>;
  storage?: StorageArgs;
  /** Of the database container. */
  resources?: ContainerResources;
  /**
   * PostgreSQL's `max_connections`; must hold all pools at once.
   * @default and what the pools of further databases need
   */
  maxConnections?: number;
  /** Further PostgreSQL settings; they win over the computed ones and reach a running cluster. */
  parameters?: Record<string, ParameterValue>;
  /** Settings that differ from their defaults. */
  failover?: Partial<FailoverSettings>;
  /** Pooler in front of the primary. */
  pooler?: PoolerArgs;
  /** Pooler in front of the standbys. `false`: there is none, and `read` is the same as `write`. */
  readPooler?: PoolerArgs | false;
  /** Backups; taken every night unless stated otherwise. */
  backup?: BackupArgs;
  /** Whether two members may share a node: `required` forbids it, `preferred` avoids it. */
  antiAffinity?: "required" | "preferred";
  /**
   * Raise it by one to change the callers' passwords without an interruption: the database and the poolers have let the
   * next one in all along, under a user name of its own, and whatever names `appSecretName`, `appUser` or `write.url`
   * rolls over to it. They let the one before in until the generation after. The members' passwords among themselves
   * never leave the database.
   */
  passwordGeneration?: number;
  /** Who may call the poolers. @default nobody */
  clients?: Peer[];
  /** Who may scrape metrics. @default nobody */
  scrapedBy?: Peer[];
  transform?: PostgresTransforms;
}

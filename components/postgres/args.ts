import type * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import type { ComponentArgs, Transform } from "../common/component";
import type { Peer } from "../common/network";
import type { FailoverSettings } from "./failover";

/** CPU and memory of one container. */
export interface ContainerResources {
  /** Reserved for it, and what the scheduler counts. */
  requests: { cpu: string; memory: string };
  /** What it may use; beyond the memory it is killed. */
  limits: { cpu: string; memory: string };
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

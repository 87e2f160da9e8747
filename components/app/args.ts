import type * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import type { Load, Slo } from "../../planner/plan/load";
import type { ComponentArgs } from "../common/component";
import type { LoadBalancerArgs, Route } from "../load-balancer/args";
import type { MonitoringArgs } from "../monitoring/args";
import type { PostgresArgs } from "../postgres/args";
import type { RedisArgs } from "../redis/args";
import type { ScheduledJobArgs } from "../scheduled-job/args";
import type { WebServiceArgs } from "../web-service/args";
import type { WorkerArgs } from "../worker/args";

/** Variables by name. */
export type Variables = Record<string, pulumi.Input<string>>;

/** What the app says of its parts itself. */
type Wired =
  | "namespace"
  | "image"
  | "pullSecrets"
  | "config"
  | "secretEnv"
  | "secretMounts"
  | "uses"
  | "outside"
  | "clients"
  | "scrapedBy";

/** An image that is built where the program runs, and pushed. */
export interface BuiltImage {
  /** Folder that is built, with the Dockerfile in it. */
  build: string;
  /** Where it is pushed to, and pulled from: `registry.example.com/team`. */
  registry: string;
  /** Path of the Dockerfile. @default the folder's own */
  dockerfile?: string;
}

/** A secret that the program reads from a file. The variable of its name has the file's path. */
export interface SecretFile {
  /** Absolute path; what else is in its folder is not seen any more. */
  file: string;
  /** What is in it. */
  value: pulumi.Input<string>;
}

/**
 * A form of the connection to Postgres. `url`: `postgresql://user:password@host:port,host:port/database`, for writes, and
 * `readUrl` for reads that may be a little behind. Or one part of them: `hosts` (`a,b`) and `port` (`6432,6432`, one for
 * each host), and the others.
 */
export type PostgresForm =
  | "url"
  | "readUrl"
  | "hosts"
  | "readHosts"
  | "port"
  | "readPort"
  | "user"
  | "password"
  | "database";

/**
 * A form of the connection to Redis. `url`: `redis://:password@host:port/0`, at the primary, whoever that is. Or one part
 * of it: `host` and the others. For a client that asks Sentinels: `sentinels` (`host:port,host:port`) and `primaryName`,
 * or `sentinelUrl` (`sentinel://:password@host:port;…`, as Celery reads it).
 */
export type RedisForm = "url" | "sentinelUrl" | "host" | "port" | "password" | "sentinels" | "primaryName";

/** The database: every argument of `Postgres` but those that follow from the app. */
export interface AppPostgres extends Omit<PostgresArgs, "namespace" | "clients" | "scrapedBy"> {
  /**
   * Variables that the program finds it by; `libpq` is `PGHOST`, `PGPORT`, `PGUSER`, `PGPASSWORD`, `PGDATABASE`. With a
   * form for reads there is a pooler for them.
   */
  as?: "libpq" | Record<string, PostgresForm>;
}

/** A cache, or a queue: every argument of `Redis` but those that follow from the app. */
export interface AppRedis extends Omit<RedisArgs, "namespace" | "clients" | "scrapedBy"> {
  /** Variables that the program finds it by. @default `REDIS_URL`, and of the queue `QUEUE_URL`: the `url` */
  as?: Record<string, RedisForm>;
}

/** What answers requests: every argument of `WebService` but those that the app has itself. */
export interface AppWeb extends Omit<WebServiceArgs, Wired | "migration" | "load" | "slo"> {
  /** Name that probes ask for, one that the program answers to. @default the first of `hosts` */
  host?: string;
  /** Variables of its own, beside the app's. */
  env?: Variables;
}

/** A further web service of the app. With `paths` alone it has the app's hosts. */
export interface AppService extends AppWeb {
  /** Names that it is reached by. @default the app's `hosts` */
  hosts?: string[];
  /** Beginnings of the paths that it gets, whole segments: `/api`. @default every path */
  paths?: string[];
}

/** What works without being asked: every argument of `Worker` but those that the app has itself. */
export interface AppWorker extends Omit<WorkerArgs, Wired> {
  /** Variables of its own, beside the app's. */
  env?: Variables;
}

/** What runs at its times: every argument of `ScheduledJob` but those that the app has itself. */
export interface AppJob extends Omit<ScheduledJobArgs, Wired> {
  /** Variables of its own, beside the app's. */
  env?: Variables;
}

/** Arguments of `App`. */
export interface AppArgs extends ComponentArgs {
  /** Image that every part runs, best by digest; or a folder to build it from. */
  image: pulumi.Input<string> | BuiltImage;
  /** Secrets of the namespace with which it is pulled. @default none */
  pullSecrets?: pulumi.Input<string>[];
  /** Variables of every part. No secrets. A change rolls every part, one after the other. */
  env?: Variables;
  /** Secrets of every part, by the variable's name, as a file where that is said. A change rolls every part. */
  secrets?: Record<string, pulumi.Input<string> | SecretFile>;
  /** The database. @default none */
  postgres?: AppPostgres;
  /** A cache, from which any key may go when it is full. @default none */
  redis?: AppRedis;
  /** A second Redis, from which nothing goes: for queues and sessions. @default none */
  queue?: AppRedis;
  /**
   * Program and arguments that have to succeed before a new version starts, with the rights of the schema's owner:
   * migrations. It runs again whenever something that it is given changes, and has to do nothing the second time.
   * @default none
   */
  release?: string[];
  /** What answers requests. */
  web: AppWeb;
  /** Further web services of the same image, by name, each with hosts or paths of its own. */
  services?: Record<string, AppService>;
  /** What works without being asked, by name. */
  workers?: Record<string, AppWorker>;
  /** What runs at its times, by name. */
  jobs?: Record<string, AppJob>;
  /** Names that it is reached by. @default none, and no balancer */
  hosts?: string[];
  /** What else the balancer leads to: services beside the app. @default none */
  routes?: Route[];
  /** Arguments of the balancer. @default its own defaults */
  balancer?: Omit<LoadBalancerArgs, Wired | "backend" | "routes">;
  /** CPU and memory of each pod where its part says nothing. @default each part's own defaults */
  resources?: k8s.types.input.core.v1.ResourceRequirements;
  /** What comes at it. With `slo` it decides the web pods, the database's connections and the cache's memory. */
  load?: Load;
  /** What is promised: sizes follow from it together with `load`, and an alert tells when the promise is being broken. */
  slo?: Slo;
  /** Arguments of the monitoring. `false`: there is none; `observability` is what another one may watch. */
  monitoring?: Omit<MonitoringArgs, "namespace" | "observe"> | false;
}

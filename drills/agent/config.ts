import type { LoadShape } from "../load/drive";
import type { WayName } from "../load/history";

/** Where the pod's volumes are. */
export const PATHS = {
  /** The bundled program and its configuration, from a ConfigMap. */
  program: "/opt/drill",
  /** One journal a way, and the files by which the runner and the agent talk. */
  journal: "/journal",
  /** Password of the database role `app`. */
  databasePassword: "/run/secrets/postgres/password",
  /** Password of Redis and its Sentinels. */
  redisPassword: "/run/secrets/redis/password",
} as const;

/** Files in the journal's folder that say how far the agent is. */
export const MARKS = {
  /** Made by the agent once every way has had its first acknowledgement: load from then on is load. */
  ready: "ready",
  /** Made by the runner: stop. */
  stop: "stop",
  /** Made by the agent when the last answer is in. */
  done: "done",
} as const;

/** What the agent is to do; everything else it finds in its environment, which is the web pods'. */
export interface AgentConfig {
  ways: Exclude<WayName, "shop">[];
  shape: LoadShape;
  /** Begins every id. */
  prefix: string;
  seed: number;
  /** The agent ends by itself after this many seconds, whatever becomes of the runner. */
  atMostSeconds: number;
  /** Server that the way `direct` goes to. */
  direct?: { host: string; port: number };
}

/**
 * Schema of what drills write by SQL. One of its own: the database's agent grants rights on all tables of `public` from
 * time to time, and PostgreSQL refuses the second of two changes of one table's rights, or its removal, at the same
 * moment.
 */
export const SCHEMA = "drill";

/** Table that SQL writes go to. It has no unique key on purpose: a statement that is played twice must show. */
export const TABLE = `${SCHEMA}.writes`;

import type { AppArgs, AppPostgres, PostgresForm, RedisForm } from "./args";

/** What an argument is where the caller says nothing, by interface; the reference is rendered from it. */
export const DEFAULTS = {
  AppArgs: { env: {}, secrets: {}, services: {}, workers: {}, jobs: {}, monitoring: {} },
  AppPostgres: { as: { DATABASE_URL: "url" } },
} as const satisfies { AppArgs: Partial<AppArgs>; AppPostgres: Partial<AppPostgres> };

/** Variables of the cache and of the queue where none are stated. */
export const REDIS_AS = { redis: { REDIS_URL: "url" }, queue: { QUEUE_URL: "url" } } as const satisfies Record<
  string,
  Record<string, RedisForm>
>;

/** The variables that libpq reads, and so everything that is made of it. */
export const LIBPQ: Record<string, PostgresForm> = {
  PGHOST: "hosts",
  PGPORT: "port",
  PGUSER: "user",
  PGPASSWORD: "password",
  PGDATABASE: "database",
};

/** Pods of a part beside those that are wanted: a rollout's new one, and an old one that is still ending. */
export const ROLLOUT_PODS = 2;

/** Longest name of an app: what is put after it has to fit into what Kubernetes takes of a name. */
export const LONGEST_NAME = 24;

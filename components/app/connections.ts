import type * as pulumi from "@pulumi/pulumi";
import type { SecretVariable } from "../common/program-args";
import type { PostgresForm, RedisForm, Variables } from "./args";

/** What a program is told of a connection, in clear and from a Secret. */
export interface Told {
  config: Variables;
  secretEnv: Record<string, SecretVariable>;
}

/** Forms of the connection to Postgres, by the keys of a log-in's Secret. */
export const POSTGRES_KEYS: Record<PostgresForm, string> = {
  url: "url",
  readUrl: "read-url",
  hosts: "host",
  readHosts: "read-host",
  port: "port",
  readPort: "read-port",
  user: "username",
  password: "password",
  database: "dbname",
};

/** The same for a program that may reach the primary only. */
export const PRIMARY_KEYS: typeof POSTGRES_KEYS = {
  ...POSTGRES_KEYS,
  readUrl: POSTGRES_KEYS.url,
  readHosts: POSTGRES_KEYS.hosts,
  readPort: POSTGRES_KEYS.port,
};

/** Forms of the connection to Redis, by the keys of the clients' Secret; the others are no secret. */
const REDIS_KEYS: Record<Exclude<RedisForm, "sentinels" | "primaryName">, string> = {
  url: "url",
  sentinelUrl: "sentinel-url",
  host: "host",
  port: "port",
  password: "password",
};

/** What a program is told of its database. @param keys of the forms in the log-in's Secret */
export const postgresTold = (
  as: Record<string, PostgresForm>,
  secretName: pulumi.Input<string>,
  keys = POSTGRES_KEYS,
): Told => ({
  config: {},
  secretEnv: Object.fromEntries(Object.entries(as).map(([name, form]) => [name, { secretName, key: keys[form] }])),
});

/** What a program is told of a Redis. */
export function redisTold(
  as: Record<string, RedisForm>,
  secretName: pulumi.Input<string>,
  clear: { sentinels: pulumi.Input<string>; primaryName: string },
): Told {
  const told: Told = { config: {}, secretEnv: {} };
  for (const [name, form] of Object.entries(as)) {
    if (form === "sentinels" || form === "primaryName") told.config[name] = clear[form];
    else told.secretEnv[name] = { secretName, key: REDIS_KEYS[form] };
  }
  return told;
}

/** Several of them together; a later one wins. */
export function together(...all: Told[]): Told {
  return {
    config: Object.assign({}, ...all.map(({ config }) => config)) as Variables,
    secretEnv: Object.assign({}, ...all.map(({ secretEnv }) => secretEnv)) as Told["secretEnv"],
  };
}

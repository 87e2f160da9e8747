import { z } from "zod";

/** Where a server listens. Addresses, not names, so that the shop works without the cluster's DNS. */
export interface Address {
  host: string;
  port: number;
}

/** "10.0.0.1:6432,10.0.0.2:6432" → addresses, in that order. IPv6 is written in brackets. */
const addresses = z.string().transform((text, context): Address[] => {
  const parsed: Address[] = [];
  for (const item of text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)) {
    const match = /^(?:\[(?<six>[^\]]+)\]|(?<four>[^:]+)):(?<port>\d{1,5})$/.exec(item);
    if (!match?.groups) {
      context.addIssue({ code: "custom", message: `"${item}" is not host:port` });
      return z.NEVER;
    }
    parsed.push({ host: (match.groups.six ?? match.groups.four)!, port: Number(match.groups.port) });
  }
  if (parsed.length === 0) {
    context.addIssue({ code: "custom", message: "needs at least one host:port" });
    return z.NEVER;
  }
  return parsed;
});

const milliseconds = (fallback: number) => z.coerce.number().int().positive().default(fallback);

const databaseShape = {
  DB_NAME: z.string().min(1).default("online_shop"),
  /** Poolers that lead to the primary. */
  DB_WRITE_HOSTS: addresses,
};

const shopSchema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(8000),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace"]).default("info"),

  ...databaseShape,
  DB_USER: z.string().min(1).default("app"),
  DB_PASSWORD_FILE: z.string().min(1),
  /** Poolers that lead to the replicas. */
  DB_READ_HOSTS: addresses,
  /** Connections per pooler address and process; the stack's connection budget multiplies it. */
  DB_POOL_MAX: z.coerce.number().int().min(1).default(10),
  /** Wait for a connection to one pooler before the next is asked. */
  DB_CONNECT_TIMEOUT_MS: milliseconds(1_000),

  /** An order may wait this long for a primary before it is answered 503. */
  WRITE_DEADLINE_MS: milliseconds(25_000),
  /**
   * Longest time of one attempt. A failed attempt closes its connection, so this is longer than the stall of a planned
   * switchover on a busy machine. It is shorter than a failover, because a dead pooler costs one attempt.
   */
  WRITE_ATTEMPT_MS: milliseconds(6_000),
  READ_DEADLINE_MS: milliseconds(10_000),
  READ_ATTEMPT_MS: milliseconds(3_000),

  REDIS_SENTINELS: addresses,
  REDIS_MASTER_NAME: z.string().min(1).default("main"),
  REDIS_PASSWORD_FILE: z.string().min(1),
  /** A Redis that takes longer is slower than the database it saves, and counts as absent. */
  REDIS_TIMEOUT_MS: milliseconds(200),
  CACHE_TTL_SECONDS: z.coerce.number().int().positive().default(300),

  /** Longer than the idle timeout of the proxy in front of us, or it would reuse a connection while we close it. */
  KEEP_ALIVE_TIMEOUT_MS: milliseconds(75_000),
  /** Between "not ready" and closing the port: time for the balancer's health check to notice. */
  DRAIN_DELAY_MS: z.coerce.number().int().min(0).default(3_000),
});

const migrationSchema = z.object({
  LOG_LEVEL: shopSchema.shape.LOG_LEVEL,
  ...databaseShape,
  DB_OWNER_USER: z.string().min(1).default("owner"),
  DB_OWNER_PASSWORD_FILE: z.string().min(1),
  /** The database may be younger than the Job that migrates it; after this long the Job gives up. */
  MIGRATION_DEADLINE_MS: milliseconds(180_000),
});

/** The shop's whole configuration, from its environment. */
export type ShopConfig = z.output<typeof shopSchema>;
/** What a migration needs. */
export type MigrationConfig = z.output<typeof migrationSchema>;

/** @throws Error with one line for each variable that is missing or wrong. */
export const shopConfig = (env: NodeJS.ProcessEnv): ShopConfig => parse(shopSchema, env);

/** @throws Error with one line for each variable that is missing or wrong. */
export const migrationConfig = (env: NodeJS.ProcessEnv): MigrationConfig => parse(migrationSchema, env);

function parse<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv): z.output<S> {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The environment is not usable:\n${lines.join("\n")}`);
}

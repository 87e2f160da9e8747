import { fileURLToPath } from "node:url";
import { ExponentialBackoff, handleWhen, retry } from "cockatiel";
import { runner } from "node-pg-migrate";
import pg from "pg";
import pino from "pino";
import { type Address, type MigrationConfig, migrationConfig } from "./config.js";
import { isTransient } from "./db/transient.js";
import { Deadline } from "./deadline.js";
import { secretFile } from "./secret-file.js";

/** Any number, the same in every process that migrates this database. */
const LOCK = 20_251_125;

const config = migrationConfig(process.env);
const log = pino({ level: config.LOG_LEVEL, name: "migrate" });
const deadline = new Deadline(config.MIGRATION_DEADLINE_MS);
let turn = 0;

try {
  const applied = await retry(handleWhen(isTransient), {
    maxAttempts: Number.MAX_SAFE_INTEGER,
    backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 3_000 }),
  }).execute(() => migrate(config.DB_WRITE_HOSTS[turn++ % config.DB_WRITE_HOSTS.length]!, config), deadline.signal);
  log.info({ applied }, applied.length === 0 ? "the schema was up to date" : "the schema is up to date");
} catch (error) {
  log.fatal({ err: error }, "the schema could not be migrated");
  process.exitCode = 1;
}

/**
 * Applies what is missing, all or nothing, in one transaction that also holds the lock. The migration tool's own lock
 * belongs to a session, and behind a pooler in transaction mode the session is another one after each statement.
 *
 * @returns the names of the migrations applied.
 */
async function migrate(address: Address, { DB_NAME, DB_OWNER_USER, DB_OWNER_PASSWORD_FILE }: MigrationConfig) {
  const client = new pg.Client({
    host: address.host,
    port: address.port,
    database: DB_NAME,
    user: DB_OWNER_USER,
    password: secretFile(DB_OWNER_PASSWORD_FILE),
    connectionTimeoutMillis: 3_000,
    query_timeout: 60_000,
    application_name: "shop-migrate",
  });
  client.on("error", () => undefined); // the failing query reports it
  try {
    await client.connect();
    // A migration that queues for a table makes every query after it queue too: give up soon, come again.
    await client.query(`BEGIN; SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '50s'`);
    // Two pods may migrate at once; the second waits here, and then finds nothing to do.
    await client.query(`SELECT set_config('lock_timeout', '50s', true), pg_advisory_xact_lock(${LOCK})`);
    await client.query(`SET LOCAL lock_timeout = '2s'`);
    const applied = await runner({
      dbClient: client,
      dir: fileURLToPath(new URL("../migrations", import.meta.url)),
      direction: "up",
      migrationsTable: "schema_migrations",
      // Its BEGIN finds ours open and joins it (with a warning that nobody needs); its COMMIT ends both.
      singleTransaction: true,
      noLock: true,
      logger: { debug: noLog, info: noLog, warn: noLog, error: (message: string) => log.error(message) },
    });
    await client.query("COMMIT"); // when there was nothing to do, ours is still open
    return applied.map(({ name }) => name);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function noLog(): void {}

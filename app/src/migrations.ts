import { fileURLToPath } from "node:url";
import { runner } from "node-pg-migrate";
import pg from "pg";
import type { Address } from "./config.js";

/** Number of the advisory lock, the same in every process that migrates this database. */
const LOCK = 20_251_125;

/** Where and as whom to migrate. */
export interface MigrationTarget {
  address: Address;
  database: string;
  /** The owner of the schema. */
  user: string;
  password: () => string;
  /** Called with the errors of the migration tool. */
  onError: (message: string) => void;
}

/**
 * Applies the missing migrations, all or none, in one transaction that also holds the lock. The migration tool's own
 * lock belongs to a session, and a pooler in transaction mode may change the session after each statement. Several
 * processes may do this at the same time.
 *
 * @returns the names of the migrations applied; none when the schema was up to date.
 * @throws the database's error; nothing is applied then.
 */
export async function migrate(target: MigrationTarget): Promise<string[]> {
  const client = new pg.Client({
    host: target.address.host,
    port: target.address.port,
    database: target.database,
    user: target.user,
    password: target.password,
    connectionTimeoutMillis: 3_000,
    query_timeout: 60_000,
    application_name: "shop-migrate",
  });
  client.on("error", () => undefined); // the failing query reports it
  try {
    await client.connect();
    await client.query("BEGIN; SET LOCAL statement_timeout = '50s'");
    // The second of two processes waits here, and then finds nothing to do.
    await client.query(`SELECT pg_advisory_xact_lock(${LOCK})`);
    // A migration that waits for a table blocks all later queries of it, so it gives up soon and tries again.
    await client.query("SET LOCAL lock_timeout = '2s'");
    const applied = await runner({
      dbClient: client,
      dir: fileURLToPath(new URL("../migrations", import.meta.url)),
      direction: "up",
      migrationsTable: "schema_migrations",
      // Its BEGIN joins our open transaction (PostgreSQL warns, harmlessly); its COMMIT ends the one transaction.
      singleTransaction: true,
      noLock: true,
      logger: { debug: ignore, info: ignore, warn: ignore, error: target.onError },
    });
    await client.query("COMMIT"); // when there was nothing to do, ours is still open
    return applied.map(({ name }) => name);
  } finally {
    await client.end().catch(ignore);
  }
}

function ignore(): void {}

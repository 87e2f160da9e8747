import { ExponentialBackoff, handleWhen, retry } from "cockatiel";
import pino from "pino";
import { migrationConfig } from "./config.js";
import { isTransient } from "./db/transient.js";
import { Deadline } from "./deadline.js";
import { migrate } from "./migrations.js";
import { secretFile } from "./secret-file.js";

const config = migrationConfig(process.env);
const log = pino({ level: config.LOG_LEVEL, name: "migrate" });
const addresses = config.DB_WRITE_HOSTS;

// A Job may start before the database it migrates, or in the middle of a failover.
const patience = retry(handleWhen(isTransient), {
  maxAttempts: Number.MAX_SAFE_INTEGER, // the deadline ends it
  backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 3_000 }),
});
patience.onRetry((event) => log.warn({ reason: "error" in event ? event.error.message : undefined }, "trying again"));

try {
  const applied = await patience.execute(
    ({ attempt }) =>
      migrate({
        address: addresses[attempt % addresses.length]!,
        database: config.DB_NAME,
        user: config.DB_OWNER_USER,
        password: secretFile(config.DB_OWNER_PASSWORD_FILE),
        onError: (message) => log.error(message),
      }),
    new Deadline(config.MIGRATION_DEADLINE_MS).signal,
  );
  log.info({ applied }, applied.length === 0 ? "the schema was up to date" : "the schema is up to date now");
} catch (error) {
  log.fatal({ err: error }, "the schema could not be migrated");
  process.exitCode = 1;
}

import { reasonOf } from "../../cluster/kubectl";
import { CONTAINERS } from "../../components/postgres/operations";
import type { Objects } from "./objects";
import { leader, PSQL } from "./observe";

/** Longest that the empty transaction may take: it needs no other member, so what is slower stands still. */
const STATEMENT_TIMEOUT = "10s";

/** Seconds pgBackRest waits for a segment to arrive. */
const ARCHIVE_SECONDS = 60;

/**
 * Brings everything up to now into the repository, where a database still runs; where that fails it says so, and what
 * is archived is what there is. The empty transaction gives recovery a commit to stop before: without one after the
 * wished moment PostgreSQL would not believe it had reached it. It must not wait for a standby that there may not be.
 */
export async function archiveEverything(objects: Objects, say: (line: string) => void): Promise<void> {
  const leads = await leader(objects);
  if (leads === undefined) return;
  say("archiving what the database holds up to now");
  const settings = ["-c", "set synchronous_commit = local", "-c", `set statement_timeout = '${STATEMENT_TIMEOUT}'`];
  try {
    await objects.exec(leads, CONTAINERS.database, ...PSQL, ...settings, "-c", "select pg_current_xact_id()");
    await objects.exec(
      leads,
      CONTAINERS.backup,
      "pgbackrest",
      "--config=/run/holdfast/pgbackrest.conf",
      "--stanza=main",
      `--archive-timeout=${ARCHIVE_SECONDS}`,
      "check",
    );
  } catch (error) {
    say(
      `  not everything could be archived, the newest moments may be missing in the repository (${leads}: ` +
        `${reasonOf(error)})`,
    );
  }
}

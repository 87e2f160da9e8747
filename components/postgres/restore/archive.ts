import { reasonOf } from "../../../cluster/kubectl";
import { CONTAINERS, sql } from "../operations";
import type { Objects } from "./objects";
import { leader } from "./observe";

/** Longest time of the empty transaction. It waits for no other member, so a slower one hangs. */
const STATEMENT_TIMEOUT = "10s";

/** Seconds pgBackRest waits for a segment to arrive. */
const ARCHIVE_SECONDS = 60;

/**
 * Archives everything up to now, where the database still runs. A failure is only reported: the restore then works with
 * what the repository has. The empty transaction gives recovery a commit after the requested moment, without which
 * PostgreSQL does not stop there. It commits locally, because there may be no standby to wait for.
 */
export async function archiveEverything(objects: Objects, say: (line: string) => void): Promise<void> {
  const leads = await leader(objects);
  if (leads === undefined) return;
  say("archiving what the database holds up to now");
  const settings = ["set synchronous_commit = local", `set statement_timeout = '${STATEMENT_TIMEOUT}'`];
  const statements = [...settings, "select pg_current_xact_id()"].flatMap((statement) => ["-c", statement]);
  try {
    await objects.exec(leads, CONTAINERS.database, ...sql(statements));
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

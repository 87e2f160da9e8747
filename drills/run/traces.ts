import type { Cluster } from "../../cluster/kubectl";
import { SCHEMA, TABLE } from "../agent/config";
import { execute } from "../stack/execute";
import type { Store } from "../stack/subject";

/** Begins every id of every drill; nothing else in the shop does. */
export const PREFIX = "drill-";

/** The table for SQL writes; the application's role may fill and read it, like any of its own. */
export async function createTable(cluster: Cluster, store: Store, primary: string): Promise<void> {
  await execute(
    cluster,
    store.sql(
      cluster.namespace,
      primary,
      `
    CREATE SCHEMA IF NOT EXISTS ${SCHEMA};
    GRANT USAGE ON SCHEMA ${SCHEMA} TO app;
    CREATE TABLE IF NOT EXISTS ${TABLE} (id text NOT NULL, session integer NOT NULL);
    CREATE INDEX IF NOT EXISTS writes_id ON ${TABLE} (id);
    GRANT SELECT, INSERT ON ${TABLE} TO app;`,
    ),
  );
}

/**
 * Takes away everything drills have written: the table, and every order that a drill has placed. @param signal ends it
 * when aborted
 */
export async function removeTraces(
  cluster: Cluster,
  store: Store,
  primary: string,
  signal: AbortSignal,
): Promise<void> {
  await execute(
    cluster,
    store.sql(
      cluster.namespace,
      primary,
      `
    DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE;
    DELETE FROM orders WHERE idempotency_key ^@ '${PREFIX}';`,
    ),
    { signal },
  );
}

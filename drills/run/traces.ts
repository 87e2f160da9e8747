import { TABLE } from "../agent/config";
import { sqlIn } from "../faults/sql";
import { execute, type Cluster } from "../stack/execute";

/** Begins every id of every drill; nothing else in the shop does. */
export const PREFIX = "drill-";

/** The table for SQL writes; the application's role may fill and read it, like any of its own. */
export async function createTable(cluster: Cluster, primary: string): Promise<void> {
  await execute(cluster, sqlIn(cluster.namespace, primary, `
    CREATE TABLE IF NOT EXISTS ${TABLE} (id text NOT NULL, session integer NOT NULL);
    CREATE INDEX IF NOT EXISTS ${TABLE}_id ON ${TABLE} (id);
    GRANT SELECT, INSERT ON ${TABLE} TO app;`));
}

/** Takes away everything drills have written: the table, and every order that a drill has placed. */
export async function removeTraces(cluster: Cluster, primary: string): Promise<void> {
  await execute(cluster, sqlIn(cluster.namespace, primary, `
    DROP TABLE IF EXISTS ${TABLE};
    DELETE FROM orders WHERE idempotency_key ^@ '${PREFIX}';`));
}

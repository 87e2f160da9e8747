import type { Cluster } from "../../cluster/kubectl";
import { TABLE } from "../agent/config";
import type { TimelineEnd } from "../load/lsn";
import { execute } from "../stack/execute";
import type { Store } from "../stack/subject";
import type { Truth } from "./checker";

/**
 * The history file of the timeline that the server is on: one line for each timeline before it, with the position where
 * it ended. There is none on timeline 1.
 */
const HISTORY_FILE =
  "SELECT pg_read_file('pg_wal/' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) || " + "'.history', true);";

/** @param text a timeline history file, as PostgreSQL writes it: timeline, position and reason, separated by tabs */
export function parseTimelineHistory(text: string): TimelineEnd[] {
  return text.split("\n").flatMap((line) => {
    const match = /^(\d+)\t([0-9A-F]+\/[0-9A-F]+)\t/i.exec(line);
    return match ? [{ timeline: Number(match[1]), lsn: match[2]! }] : [];
  });
}

/** @param text lines of `id<TAB>count` */
export function parseCopies(text: string): Map<string, number> {
  const copies = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [id, count] = line.split("\t");
    if (id && count !== undefined) copies.set(id, Number(count));
  }
  return copies;
}

/** Every id that begins with the prefix, and how often it is there. Ids are made of letters, digits and dashes. */
function copiesOf(table: string, column: string, prefix: string): string {
  return `SELECT ${column}, count(*) FROM ${table} WHERE ${column} ^@ '${prefix}' GROUP BY 1;`;
}

/** Where each way's writes end up in the database. */
const WHERE = {
  shop: { table: "orders", column: "idempotency_key" },
  sql: { table: TABLE, column: "id" },
  direct: { table: TABLE, column: "id" },
};

/**
 * What the primary that remained says. Asked as the superuser inside its own pod: neither pooler, cache nor shop
 * stands between the checker and the data.
 *
 * @param primary name of its pod
 * @param prefix begins the ids of this run
 */
export async function readTruth(
  cluster: Cluster,
  store: Store,
  primary: string,
  way: keyof typeof WHERE,
  prefix: string,
): Promise<Truth> {
  const { table, column } = WHERE[way];
  const [copies, history] = await Promise.all([
    execute(cluster, store.sql(cluster.namespace, primary, copiesOf(table, column, prefix))),
    execute(cluster, store.sql(cluster.namespace, primary, HISTORY_FILE)),
  ]);
  return { copies: parseCopies(copies), ends: parseTimelineHistory(history) };
}

import type pg from "pg";
import { Deadline } from "../deadline.js";
import type { Lease } from "./host-group.js";
import { type Lsn, parseLsn } from "./lsn.js";
import { DoubtfulCommit, isConnectionUsable, isTransient, StaleNode } from "./transient.js";

/** Runs one statement with parameters and gives its rows. */
export type Query = <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]) => Promise<Row[]>;

/** What a node must be for its answers to count. */
export type Requirement =
  /** Anything: for reads that may lag. */
  | { kind: "any" }
  /** It has replayed the log up to here, or is a primary. */
  | { kind: "caught-up"; lsn: Lsn }
  /** It is a primary. */
  | { kind: "primary" };

/**
 * Milliseconds between the server's limit and ours, so that a healthy server ends first and the connection survives.
 */
const SERVER_MARGIN_MS = 200;

/**
 * Runs `work` in one transaction on the leased connection. Gives the connection back, or destroys it when its state is
 * unknown. It has to be one transaction: with transaction pooling the next one may run on another server, without the
 * settings and checks made here.
 *
 * Statements are unnamed (parsed each time). A named statement belongs to one server connection, and breaks when the
 * pooler changes the connection or a migration changes the schema.
 *
 * @param budgetMs for all statements together. A frozen server never closes its connection, so our own timer destroys
 *   the socket.
 * @returns the result, and for a write the log position just after its commit.
 */
export async function inTransaction<T>(
  { client, host }: Lease,
  access: "read" | "write",
  requirement: Requirement,
  budgetMs: number,
  work: (query: Query) => Promise<T>,
): Promise<{ value: T; lsn: Lsn | undefined }> {
  const deadline = new Deadline(budgetMs);
  const send = async (text: string, values?: readonly unknown[]) =>
    // With values the driver uses the extended protocol with unnamed statements, without it the simple protocol,
    // where one message may hold several statements. `query_timeout` of 0 would mean "none".
    (await client.query({
      text,
      values,
      query_timeout: Math.max(1, deadline.remaining()),
    } as pg.QueryConfig)) as unknown;
  let warning: string | undefined;
  const onNotice = (notice: { severity?: string; message?: string }) => {
    if (notice.severity === "WARNING") warning = notice.message;
  };
  client.on("notice", onNotice);

  try {
    await open(send, access, requirement, budgetMs);
    const value = await work(async (text, values) => ((await send(text, values)) as pg.QueryResult).rows);
    let lsn: Lsn | undefined;
    if (access === "write") lsn = await commitWrite(send, () => warning);
    else await send("COMMIT");
    client.off("notice", onNotice);
    client.release();
    return { value, lsn };
  } catch (error) {
    client.off("notice", onNotice);
    host.report(error);
    const usable = isConnectionUsable(error) || error instanceof StaleNode || !isTransient(error);
    client.release(!(usable && (await undone(send))));
    throw error;
  }
}

type Send = (text: string) => Promise<unknown>;

/** Begins, sets the server's own limit, and checks the node, in one round trip. */
async function open(send: Send, access: "read" | "write", requirement: Requirement, budgetMs: number): Promise<void> {
  const begin = access === "read" ? "BEGIN READ ONLY" : "BEGIN";
  const limit = `SET LOCAL statement_timeout = ${Math.max(1, Math.floor(budgetMs - SERVER_MARGIN_MS))}`;
  // The check is a separate statement before the read. A statement takes its snapshot when it starts, so the read sees
  // everything that was replayed at the check. In one statement the snapshot could be older than the check.
  const check = {
    any: undefined,
    primary: "SELECT NOT pg_is_in_recovery() AS fit",
    "caught-up":
      requirement.kind === "caught-up"
        ? `SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= '${requirement.lsn}' AS fit`
        : undefined,
  }[requirement.kind];
  const results = (await send([begin, limit, check].filter(Boolean).join("; "))) as pg.QueryResult<{ fit: boolean }>[];
  if (check !== undefined && results.at(-1)?.rows[0]?.fit !== true) {
    throw new StaleNode(`the node is not ${requirement.kind}`);
  }
}

/**
 * Commits and asks for the log position after the commit in the same message, so that the pooler can't give the
 * question to another server. (The position inside the transaction would lie before its commit record.)
 */
async function commitWrite(send: Send, warning: () => string | undefined): Promise<Lsn | undefined> {
  const [commit, position] = (await send("COMMIT; SELECT pg_current_wal_insert_lsn()::text AS lsn")) as [
    pg.QueryResult,
    pg.QueryResult<{ lsn: string }>,
  ];
  // A cancelled wait for the synchronous standby is a success with a warning: the row may be on the primary only.
  if (commit.command !== "COMMIT" || warning() !== undefined) {
    throw new DoubtfulCommit(warning() ?? `COMMIT was answered with ${commit.command}`);
  }
  return parseLsn(position.rows[0]?.lsn);
}

async function undone(send: Send): Promise<boolean> {
  try {
    await send("ROLLBACK");
    return true;
  } catch {
    return false;
  }
}

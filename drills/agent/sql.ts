import { readFileSync } from "node:fs";
import { Socket } from "node:net";
import pg from "pg";
import type { ReadAnswer, WriteAnswer, WriteRecord } from "../load/history";
import { CLIENT_DEADLINE_MS, type Way } from "../load/way";
import { PATHS, TABLE } from "./config";

/** Where SQL goes: several addresses that lead to the same thing. */
export interface SqlTarget {
  hosts: { host: string; port: number }[];
  database: string;
  user: string;
}

/** A dead address answers nothing at all, and the next one is to be tried soon. */
const CONNECT_TIMEOUT_MS = 500;
/** Connections to each address. Statements beyond them wait in this process, as they do in an application. */
const CONNECTIONS = 20;
/** An address that could not be connected to is left alone for so long. */
const AVOID_MS = 1_000;

/**
 * One statement, so one transaction. The position is taken before the commit's own record, so it is a lower bound:
 * a write at or past the end of its timeline is certainly in no history that remained.
 */
const INSERT = `INSERT INTO ${TABLE} (id, session) VALUES ($1, $2)
  RETURNING pg_current_wal_insert_lsn()::text AS lsn,
    ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int AS timeline`;

/**
 * A socket that gives up on connecting by itself: the driver's own limit counts the wait for a free connection as well.
 */
function impatientSocket(): Socket {
  const socket = new Socket();
  const timer = setTimeout(
    () => socket.destroy(Object.assign(new Error("no connection in time"), { code: "ETIMEDOUT" })),
    CONNECT_TIMEOUT_MS,
  );
  socket.once("connect", () => clearTimeout(timer)).once("close", () => clearTimeout(timer));
  return socket;
}

interface Server {
  pool: pg.Pool;
  avoidUntil: number;
}

/**
 * What is said of a statement that nobody has begun, so that it may be sent elsewhere: by the driver, of a connection
 * that died between being given out and being used; by PgBouncer, of one that it closes for having been silent. It says
 * so only to a connection without a server, and what crossed its words on the way stays unread.
 */
const NOT_BEGUN = /is not queryable$|^client_idle_timeout$/;

/**
 * Whether the connection is of use after this error: most of a server's leave it so, but not its last words, and a
 * demoted primary stays one.
 */
function inStep(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === "ERROR" && error.code !== "25006";
}

/** Pools of connections to addresses of which any will do; a statement that may have been begun is never repeated. */
class Servers {
  private readonly servers: Server[];

  constructor(target: SqlTarget) {
    this.servers = target.hosts.map(({ host, port }) => ({
      avoidUntil: 0,
      pool: new pg.Pool({
        host,
        port,
        database: target.database,
        user: target.user,
        // Read at each connection, so that a password rotated under load is followed.
        password: () => readFileSync(PATHS.databasePassword, "utf8").trim(),
        max: CONNECTIONS,
        idleTimeoutMillis: 0,
        connectionTimeoutMillis: CLIENT_DEADLINE_MS,
        stream: impatientSocket,
        application_name: "drill",
      }),
    }));
    for (const { pool } of this.servers) {
      // A connection that dies while nobody uses it is replaced by the pool; without a listener it would end the
      // process.
      pool.on("error", () => undefined);
      pool.on("connect", (client) => client.on("error", () => undefined));
    }
  }

  async query(text: string, values: unknown[]): Promise<pg.QueryResult> {
    const { client } = await this.connect();
    try {
      const result = await client.query({ text, values, query_timeout: CLIENT_DEADLINE_MS } as pg.QueryConfig);
      client.release();
      return result;
    } catch (error) {
      client.release(!inStep(error));
      if (error instanceof Error && NOT_BEGUN.test(error.message)) return this.query(text, values);
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map(({ pool }) => pool.end()));
  }

  private async connect(): Promise<{ client: pg.PoolClient }> {
    let failure: unknown;
    for (const server of this.inOrder()) {
      try {
        return { client: await server.pool.connect() };
      } catch (error) {
        server.avoidUntil = Date.now() + AVOID_MS;
        failure = error;
      }
    }
    throw failure;
  }

  /**
   * Reachable addresses first, and of those the one with the fewest statements under way: a silent one fills up and is
   * then left alone.
   */
  private inOrder(): Server[] {
    const now = Date.now();
    const busy = ({ pool }: Server): number => pool.totalCount - pool.idleCount + pool.waitingCount;
    return [...this.servers].sort(
      (a, b) => Number(a.avoidUntil > now) - Number(b.avoidUntil > now) || busy(a) - busy(b),
    );
  }
}

/** SQL by single statements: writes and reads of own writes where writes go, other reads where reads go. */
export class SqlWay implements Way {
  private readonly primary: Servers;
  private readonly replicas: Servers | undefined;

  /**
   * @param writes the poolers in front of the primary, or one server itself
   * @param reads the poolers in front of the replicas, if any
   */
  constructor(writes: SqlTarget, reads?: SqlTarget) {
    this.primary = new Servers(writes);
    this.replicas = reads && new Servers(reads);
  }

  async write(id: string, session: number): Promise<WriteAnswer> {
    try {
      const { rows } = await this.primary.query(INSERT, [id, session]);
      return { ok: true, detail: "ok", position: rows[0] as { lsn: string; timeline: number } };
    } catch (error) {
      return { ok: false, detail: reason(error) };
    }
  }

  async read(_session: number, expects: WriteRecord | undefined): Promise<ReadAnswer> {
    try {
      if (expects === undefined) {
        await (this.replicas ?? this.primary).query("SELECT name FROM products WHERE id = $1", [1]);
        return { ok: true, detail: "ok" };
      }
      const { rowCount } = await this.primary.query(`SELECT 1 FROM ${TABLE} WHERE id = $1`, [expects.id]);
      return { ok: true, detail: "ok", found: rowCount !== 0 };
    } catch (error) {
      return { ok: false, detail: reason(error) };
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.primary.close(), this.replicas?.close()]);
  }
}

function reason(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code === undefined ? (message ?? String(error)) : `${code} ${message ?? ""}`.slice(0, 120);
}

/**
 * What the load did and what it was told: the only input of the checker besides the data itself.
 * All times are milliseconds since the epoch, on the clock of the process that made the load.
 */

/** How load reaches the stack: the shop's URL, SQL through the pooler, SQL straight to one server, Redis itself. */
export type WayName = "shop" | "sql" | "direct" | "redis";

/**
 * The end of a request: answered as asked, answered otherwise or not in time, or cut short by the end of the load's
 * process.
 */
export type Outcome = "acknowledged" | "failed" | "unanswered";

/** Where in the database's history an acknowledged write stands. */
export interface Position {
  /** Timeline of the server that acknowledged it; every promotion begins a new one. */
  timeline: number;
  /** Write-ahead log position just before the write's commit, as PostgreSQL prints it (`0/3000148`). */
  lsn: string;
}

/** What a way answers to a write. */
export interface WriteAnswer {
  ok: boolean;
  /** HTTP status, SQLSTATE or error code; for people, and for telling refusals from silence. */
  detail: string;
  /** The number the stack filed the write under, where it gives one. */
  reference?: string;
  /** Where it stands in the database's history, where the way can see that. */
  position?: Position;
}

/** What a way answers to a read. */
export interface ReadAnswer {
  ok: boolean;
  detail: string;
  /** Whether the write the read asked for was there; undefined where it asked for none. */
  found?: boolean;
}

/** One write: unique id, due and sent before, answered after. */
export interface WriteRecord {
  id: string;
  session: number;
  due: number;
  sent: number;
  answered?: number;
  outcome: Outcome;
  detail?: string;
  reference?: string;
  position?: Position;
}

/** The same write sent a second time, as a customer would who got no answer (or a proxy that repeats itself). */
export interface ResendRecord {
  id: string;
  sent: number;
  answered?: number;
  outcome: Outcome;
  detail?: string;
  reference?: string;
}

/** One read of a session. */
export interface ReadRecord {
  session: number;
  due: number;
  sent: number;
  answered?: number;
  outcome: Outcome;
  detail?: string;
  /** Id of a write this session had an acknowledgement for before it sent the read. */
  expects?: string;
  found?: boolean;
}

/** Everything one way did in one run. */
export interface History {
  writes: WriteRecord[];
  reads: ReadRecord[];
  resends: ResendRecord[];
}

import pg from "pg";

/**
 * SQLSTATE classes after which the same transaction may succeed elsewhere or later
 * (PostgreSQL documentation, appendix A): connection exceptions, rollbacks by the system, lack of resources,
 * operator intervention, system errors. PgBouncer reports its own troubles as 08P01.
 */
const TRANSIENT_CLASSES = new Set(["08", "40", "53", "57", "58"]);

const TRANSIENT_STATES = new Set([
  "25006", // a write on a primary that has been demoted
  "28P01", // a password that was rotated a moment before the file we read it from
  "3D000", // the database itself,
  "42P01", // or its tables, come with the first migration, which may be later than the first pod
  "55P03", // a migration holds the table
  "23505", // two attempts of the same order at the same instant: the next one finds the winner's row
]);

const NETWORK_ERRORS = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
]);

/** No connection was free or made in the time a caller waits: we are busy, the server need not be ill. */
export class PoolBusy extends Error {}

/** The same from the driver's own, longer wait. */
const POOL_BUSY = "timeout exceeded when trying to connect";

/** What the driver says, without any code, when a connection died or a client-side timer fired. */
const DRIVER_MESSAGES = [
  "Connection terminated",
  "Client has encountered a connection error",
  "Client was closed",
  "Query read timeout",
  POOL_BUSY,
];

/** A node answered, but is not one whose answer may be used: it lags behind the session or is no primary. */
export class StaleNode extends Error {}

/** A COMMIT came back, but with a warning or undone, so it must not be taken for durable. */
export class DoubtfulCommit extends Error {}

/** Whether the same transaction may be tried again. Only for transactions that may safely run twice. */
export function isTransient(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) {
    const state = error.code ?? "";
    return TRANSIENT_CLASSES.has(state.slice(0, 2)) || TRANSIENT_STATES.has(state);
  }
  if (error instanceof StaleNode || error instanceof DoubtfulCommit || error instanceof PoolBusy) return true;
  return isConnectionError(error);
}

/** Whether the address we talked to, rather than the statement, is the likely cause. */
export function isHostFault(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.code?.startsWith("08") === true;
  return isConnectionError(error) && (error as Error).message !== POOL_BUSY;
}

/** Whether the server is still in step with us after this error, so that the connection may be used again. */
export function isConnectionUsable(error: unknown): boolean {
  // 25006 is the exception: the connection works, but its server end is a demoted primary and stays one.
  return error instanceof pg.DatabaseError && error.severity === "ERROR" && error.code !== "25006";
}

function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== undefined) return NETWORK_ERRORS.has(code);
  return DRIVER_MESSAGES.some((message) => error.message.startsWith(message));
}

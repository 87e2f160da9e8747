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

/** No connection was free or made while a caller waited. The server may be healthy; we are busy. */
export class PoolBusy extends Error {}

/** The driver's message for the same, after its own, longer wait. */
const POOL_BUSY = "timeout exceeded when trying to connect";

/** The driver's messages, without any code, when a connection breaks or a client-side timer fires. */
const DRIVER_MESSAGES = [
  "Connection terminated",
  "Client has encountered a connection error",
  "Client was closed",
  "Query read timeout",
  POOL_BUSY,
];

/** A node answered, but its answer must not be used: it lags behind the session, or is no primary. */
export class StaleNode extends Error {}

/** A COMMIT ended with a warning or as a rollback, so the write may not be durable. */
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

/** Whether the likely cause is the address, and not the statement. */
export function isHostFault(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.code?.startsWith("08") === true;
  return isConnectionError(error) && (error as Error).message !== POOL_BUSY;
}

/** Whether the connection can be used again after this error. */
export function isConnectionUsable(error: unknown): boolean {
  // After 25006 the connection works, but it leads to a demoted primary.
  return error instanceof pg.DatabaseError && error.severity === "ERROR" && error.code !== "25006";
}

function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== undefined) return NETWORK_ERRORS.has(code);
  return DRIVER_MESSAGES.some((message) => error.message.startsWith(message));
}

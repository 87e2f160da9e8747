import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Address } from "../config.js";
import { isHostFault, PoolBusy } from "./transient.js";

/** How one pooler address is connected to. */
export interface HostPoolOptions {
  address: Address;
  database: string;
  user: string;
  /** Asked at every new connection, so that a rotated password needs no restart. */
  password: () => string;
  /** Most connections at a time. */
  max: number;
  /** How long a caller waits for a connection, new or returned, in milliseconds. */
  connectTimeoutMs: number;
  /** Told of errors on connections nobody is using at that moment. */
  onIdleError: (error: Error) => void;
}

/**
 * A new connection may take so many times as long as a caller waits for it; it then serves the next one. On a machine
 * without CPU to spare the log-in takes seconds, and given up half-way it would only be begun anew, by everybody.
 */
const PATIENCE_WITH_LOG_IN = 5;

/**
 * Between two questions to an address that failed whether it is back, and the longest wait for the answer;
 * milliseconds.
 */
const PROBE_INTERVAL_MS = 1_000;

/**
 * The connections to one pooler address, and whether it is worth asking. After a fault the address is probed in the
 * background, so no request has to find out at its own cost that it is still dead.
 */
export class HostPool {
  /** Most connections at a time. */
  readonly max: number;
  readonly #pool: pg.Pool;
  readonly #waitMs: number;
  #healthy = true;
  #closed = false;

  constructor(options: HostPoolOptions) {
    this.max = options.max;
    this.#waitMs = options.connectTimeoutMs;
    this.#pool = new pg.Pool({
      host: options.address.host,
      port: options.address.port,
      database: options.database,
      user: options.user,
      password: options.password,
      max: options.max,
      connectionTimeoutMillis: options.connectTimeoutMs * PATIENCE_WITH_LOG_IN,
      // A pooler's client connections are cheap; making them anew during a failover is not.
      idleTimeoutMillis: 0,
      keepAlive: true,
      application_name: "shop",
    });
    // The pool listens on idle connections only. One that is cut while checked out would emit an error that nobody
    // hears, and Node ends the process for that; the failing query reports it anyway.
    this.#pool.on("connect", (client) => client.on("error", () => undefined));
    this.#pool.on("error", options.onIdleError);
  }

  /** False from a fault until a probe succeeded. */
  get healthy(): boolean {
    return this.#healthy;
  }

  /** Connections open now, busy or idle. */
  get size(): number {
    return this.#pool.totalCount;
  }

  /** @throws PoolBusy after the connect timeout, or what the connection failed with before that. */
  async connect(): Promise<pg.PoolClient> {
    const coming = this.#pool.connect();
    coming.catch((error: unknown) => this.report(error));
    const came = await Promise.race([coming, sleep(this.#waitMs, undefined, { ref: false })]);
    if (came !== undefined) return came;
    coming.then(
      (late) => late.release(),
      () => undefined,
    );
    throw new PoolBusy("no connection in time");
  }

  /** Judges the address by an error that came from it. */
  report(error: unknown): void {
    if (!this.#healthy || !isHostFault(error)) return;
    this.#healthy = false;
    void this.#awaitRecovery();
  }

  /** Closes every connection as soon as it is returned. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool.end();
  }

  async #awaitRecovery(): Promise<void> {
    while (!this.#healthy && !this.#closed) {
      await sleep(PROBE_INTERVAL_MS, undefined, { ref: false });
      this.#healthy = await this.#answers();
    }
  }

  async #answers(): Promise<boolean> {
    let client: pg.PoolClient | undefined;
    try {
      client = await this.#pool.connect();
      await client.query({ text: "SELECT 1", query_timeout: PROBE_INTERVAL_MS } as pg.QueryConfig);
      client.release();
      return true;
    } catch {
      client?.release(true);
      return false;
    }
  }
}

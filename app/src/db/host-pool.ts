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
  /** Called with each error on an idle connection. */
  onIdleError: (error: Error) => void;
}

/**
 * A log-in may take this many times as long as a caller waits for it; its connection then serves the next caller. On a
 * busy machine a log-in takes seconds, and every caller would start it again if it were given up half-way.
 */
const PATIENCE_WITH_LOG_IN = 5;

/** Milliseconds between two probes of a failed address, and the longest time of a probe. */
const PROBE_INTERVAL_MS = 1_000;

/**
 * The connections to one pooler address, and its health. After a fault the address is probed in the background, so that
 * no request loses time on an address that is still dead.
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
    // The pool listens only to idle connections. An error of a connection in use would have no listener, and Node would
    // end the process. The failing query reports the error anyway.
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

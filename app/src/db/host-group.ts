import type pg from "pg";
import type { HostPool } from "./host-pool.js";

/** A connection and its pool, so that faults are reported to the right address. */
export interface Lease {
  client: pg.PoolClient;
  host: HostPool;
}

/** Several pooler addresses that lead to the same database. */
export class HostGroup {
  readonly #hosts: readonly HostPool[];
  #turn = 0;

  /** @param hosts at least one. */
  constructor(hosts: readonly HostPool[]) {
    this.#hosts = hosts;
  }

  /** Whether any address is believed to work. */
  get healthy(): boolean {
    return this.#hosts.some((host) => host.healthy);
  }

  /** Most connections at a time over all addresses. */
  get max(): number {
    return this.#hosts.reduce((sum, host) => sum + host.max, 0);
  }

  /** Connections open now over all addresses. */
  get size(): number {
    return this.#hosts.reduce((sum, host) => sum + host.size, 0);
  }

  /**
   * A connection from the next address in turn, healthy addresses first. The others are asked last, in case their
   * health is judged wrongly.
   * @throws the last address's error when none gave a connection.
   */
  async lease(): Promise<Lease> {
    let failure: unknown;
    for (const host of this.#inOrder()) {
      try {
        return { client: await host.connect(), host };
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.close()));
  }

  #inOrder(): HostPool[] {
    this.#turn = (this.#turn + 1) % this.#hosts.length;
    const rotated = [...this.#hosts.slice(this.#turn), ...this.#hosts.slice(0, this.#turn)];
    return [...rotated.filter((host) => host.healthy), ...rotated.filter((host) => !host.healthy)];
  }
}

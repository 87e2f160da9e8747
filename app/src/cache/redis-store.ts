import { Redis } from "iovalkey";
import { circuitBreaker, ConsecutiveBreaker, handleAll } from "cockatiel";
import type { Address } from "../config.js";

/** What the cache needs of a store. Every failure is an exception; the cache turns it into a miss. */
export interface Store {
  /** @returns null when there is no such key. */
  get(key: string): Promise<string | null>;
  /** Keeps `value` for `ttlMs` milliseconds. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
}

/** How the Redis primary is found. */
export interface RedisOptions {
  sentinels: Address[];
  /** The name the Sentinels know the primary by. */
  masterName: string;
  /** Protects the data nodes and the Sentinels alike. Read anew for every connection. */
  password: () => string;
  /** Longest wait for one command, in milliseconds. */
  timeoutMs: number;
  /** Told of every change between usable and not. */
  onStateChange: (ready: boolean) => void;
}

/**
 * For one Sentinel or data node to accept us or answer where the primary is, in milliseconds. No request waits for it.
 */
const CONNECT_TIMEOUT_MS = 500;

/**
 * Pause between attempts to find the primary, in milliseconds: a failover of a second must not be stretched by ours.
 */
const RETRY_DELAY_MS = 100;

/**
 * Redis behind Sentinel, for data that may be lost. Nothing here waits for it: without a connection a command fails at
 * once, with a silent one after `timeoutMs`, and after a few such failures in a row it is not asked for a second.
 */
export class RedisStore implements Store {
  readonly #client: Redis;
  #closing = false;
  readonly #breaker = circuitBreaker(handleAll, { halfOpenAfter: 1_000, breaker: new ConsecutiveBreaker(3) });

  constructor(options: RedisOptions) {
    const retryDelay = () => {
      // The driver copies the password from its options whenever it connects, so a rotated one goes in here.
      this.#client.options.password = this.#client.options.sentinelPassword = options.password();
      return RETRY_DELAY_MS;
    };
    this.#client = new Redis({
      sentinels: options.sentinels,
      name: options.masterName,
      password: options.password(),
      sentinelPassword: options.password(),
      // Addresses are handed to us; what the Sentinels call each other may not be reachable from here.
      updateSentinels: false,
      sentinelRetryStrategy: retryDelay,
      sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
      retryStrategy: retryDelay,
      // A former primary, now a replica: look for the new one.
      reconnectOnError: (error) => error.message.startsWith("READONLY"),
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout: options.timeoutMs,
      // A frozen node never closes its connection. Twice the command's patience without a byte, and we do.
      socketTimeout: 2 * options.timeoutMs,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      lazyConnect: true,
    });
    this.#client.on("error", () => undefined); // each failed command reports itself
    this.#client.on("ready", () => options.onStateChange(true));
    this.#client.on("close", () => options.onStateChange(false));
    // The driver reconnects by itself, but can be talked out of it for good when a disconnection meets a connection
    // being made. (Its failover detector does just that, so it stays off; the socket timeout sees what it would.)
    this.#client.on("end", () => this.#closing || setTimeout(() => this.#connect(), RETRY_DELAY_MS).unref());
    this.#connect();
  }

  async get(key: string): Promise<string | null> {
    return this.#breaker.execute(() => this.#client.get(key));
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    await this.#breaker.execute(() => this.#client.set(key, value, "PX", ttlMs));
  }

  /** Ends the connection; commands under way fail. */
  close(): void {
    this.#closing = true;
    this.#client.disconnect();
  }

  #connect(): void {
    this.#client.connect().catch(() => undefined); // it keeps trying; what fails meanwhile says so itself
  }
}

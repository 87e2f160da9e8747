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
 * Longest time, in milliseconds, to connect to a Sentinel or data node, or to ask where the primary is. No request
 * waits for it.
 */
const CONNECT_TIMEOUT_MS = 500;

/**
 * Milliseconds between attempts to find the primary: short, so that a failover of a second does not last longer for us.
 */
const RETRY_DELAY_MS = 100;

/**
 * Redis behind Sentinel, for data that may be lost. Without a connection a command fails at once; with one that does
 * not answer, after `timeoutMs`. After three failures in a row Redis is not asked for one second.
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
      // Only the configured addresses: those that the Sentinels know of each other may not be reachable from here.
      updateSentinels: false,
      sentinelRetryStrategy: retryDelay,
      sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
      retryStrategy: retryDelay,
      // A former primary, now a replica: look for the new one.
      reconnectOnError: (error) => error.message.startsWith("READONLY"),
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout: options.timeoutMs,
      // A frozen node never closes its connection, so we close it after this time without a byte.
      socketTimeout: 2 * options.timeoutMs,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      lazyConnect: true,
    });
    this.#client.on("error", () => undefined); // each failed command reports itself
    this.#client.on("ready", () => options.onStateChange(true));
    this.#client.on("close", () => options.onStateChange(false));
    // The driver reconnects by itself, but stops for good when a disconnect happens while it is connecting. (Its
    // failover detector causes that, so it stays off. The socket timeout detects the same faults.)
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

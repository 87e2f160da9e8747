import { readFileSync } from "node:fs";
import { Redis } from "iovalkey";
import type { ReadAnswer, WriteAnswer, WriteRecord } from "../load/history";
import { PATHS } from "./config";
import type { Way } from "../load/way";

/** A write may wait this long for a primary; longer than any failover that is promised. */
const PATIENCE_MS = 10_000;
/** Pause between attempts to find the primary. */
const RETRY_MS = 100;
/** A silent primary is left after this long without a byte; commands that are under way then wait for the next one. */
const SILENCE_MS = 2_000;
/** The drill's keys expire an hour later, if nothing else deletes them. */
const EXPIRE_SECONDS = 3_600;
/** Keys asked for at a time when all are looked up again. */
const BATCH = 500;

/** Redis itself, found through its Sentinels as an application does it. Each write is a key of its own. */
export class RedisWay implements Way {
  private readonly client: Redis;
  private closing = false;

  /**
   * @param sentinels addresses of the Sentinels
   * @param name what they call the primary
   */
  constructor(sentinels: { host: string; port: number }[], name: string) {
    const password = readFileSync(PATHS.redisPassword, "utf8").trim();
    this.client = new Redis({
      sentinels,
      name,
      password,
      sentinelPassword: password,
      updateSentinels: false,
      sentinelRetryStrategy: () => RETRY_MS,
      sentinelReconnectStrategy: () => RETRY_MS,
      sentinelCommandTimeout: 500,
      retryStrategy: () => RETRY_MS,
      // 2: reconnect, and send the command again. A former primary says so once it is a replica.
      reconnectOnError: (error) => (error.message.startsWith("READONLY") ? 2 : false),
      connectTimeout: 500,
      commandTimeout: PATIENCE_MS,
      socketTimeout: SILENCE_MS,
      maxRetriesPerRequest: null,
    });
    this.client.on("error", () => undefined);
    // The driver gives up for good when a disconnection meets a connection being made, which its failover detector
    // brings about (so that one stays off); whoever uses it has to begin anew.
    this.client.on("end", () => {
      if (!this.closing) setTimeout(() => void this.client.connect().catch(() => undefined), RETRY_MS);
    });
  }

  async write(id: string): Promise<WriteAnswer> {
    try {
      await this.client.set(id, "1", "EX", EXPIRE_SECONDS);
      return { ok: true, detail: "ok" };
    } catch (error) {
      return { ok: false, detail: (error as Error).message.slice(0, 120) };
    }
  }

  async read(_session: number, expects: WriteRecord | undefined): Promise<ReadAnswer> {
    try {
      const value = await this.client.get(expects?.id ?? "drill");
      return { ok: true, detail: "ok", ...(expects ? { found: value !== null } : {}) };
    } catch (error) {
      return { ok: false, detail: (error as Error).message.slice(0, 120) };
    }
  }

  /** Which of the ids are there, and forgets them all. */
  async collect(ids: string[]): Promise<string[]> {
    const found: string[] = [];
    for (let i = 0; i < ids.length; i += BATCH) {
      const batch = ids.slice(i, i + BATCH);
      const values = await this.client.mget(batch);
      found.push(...batch.filter((_, index) => values[index] !== null));
      await this.client.unlink(batch);
    }
    return found;
  }

  async close(): Promise<void> {
    this.closing = true;
    this.client.disconnect();
  }
}

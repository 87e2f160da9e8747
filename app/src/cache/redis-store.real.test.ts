import { afterEach, describe, expect, it } from "vitest";
import { REDIS_SERVER, TestRedis } from "../testing/redis.js";
import { RedisStore } from "./redis-store.js";

const TIMEOUT_MS = 200;
const stores: RedisStore[] = [];
afterEach(() => stores.splice(0).forEach((store) => store.close()));

function storeAt(port: number, password = () => "secret") {
  const states: boolean[] = [];
  const store = new RedisStore({
    sentinels: [{ host: "127.0.0.1", port }],
    masterName: "main",
    password,
    timeoutMs: TIMEOUT_MS,
    onStateChange: (ready) => states.push(ready),
  });
  stores.push(store);
  return {
    store,
    states,
    works: () =>
      store.set("k", "v", 10_000).then(
        () => store.get("k"),
        () => undefined,
      ),
  };
}

/** Milliseconds until the command failed. */
async function costOfFailure(store: RedisStore): Promise<number> {
  const start = performance.now();
  await expect(store.get("k")).rejects.toThrow();
  return performance.now() - start;
}

/** The cheapest of a few, for on a busy machine anything may take long once. */
async function cheapestFailure(store: RedisStore): Promise<number> {
  return Math.min(await costOfFailure(store), await costOfFailure(store), await costOfFailure(store));
}

it("without any Redis fails at once", async () => {
  expect(await cheapestFailure(storeAt(1).store)).toBeLessThan(TIMEOUT_MS / 2);
});

describe.skipIf(REDIS_SERVER === undefined)("against a real Redis and its Sentinel (install valkey-server)", () => {
  let redis: TestRedis;
  afterEach(() => redis.remove());

  it("comes back after the node was killed, and fails at once meanwhile", async () => {
    redis = await TestRedis.start("secret");
    const { store, states, works } = storeAt(redis.sentinelPort);
    await expect.poll(works, { timeout: 10_000 }).toBe("v");
    redis.signal("SIGKILL");
    await expect.poll(() => states.at(-1), { timeout: 10_000 }).toBe(false);
    expect(await cheapestFailure(store)).toBeLessThan(TIMEOUT_MS / 2);
    redis.startData();
    await expect.poll(works, { timeout: 10_000 }).toBe("v");
  });

  it("pays for a frozen node a few times and then no more, until it thaws", async () => {
    redis = await TestRedis.start("secret");
    const { store, works } = storeAt(redis.sentinelPort);
    await expect.poll(works, { timeout: 10_000 }).toBe("v");
    redis.signal("SIGSTOP");
    for (let n = 0; n < 3; n++) await costOfFailure(store);
    expect(await cheapestFailure(store)).toBeLessThan(TIMEOUT_MS / 2);
    redis.signal("SIGCONT");
    await expect.poll(works, { timeout: 10_000 }).toBe("v");
  });

  it("uses a rotated password from the next connection on", async () => {
    redis = await TestRedis.start("secret");
    let password = "secret";
    const { works } = storeAt(redis.sentinelPort, () => password);
    await expect.poll(works, { timeout: 10_000 }).toBe("v");
    redis.remove();
    password = "rotated";
    redis = await TestRedis.start(password, redis.sentinelPort);
    await expect.poll(works, { timeout: 10_000 }).toBe("v");
  });
});

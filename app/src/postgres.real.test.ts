import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Database } from "./db/database.js";
import { HostGroup } from "./db/host-group.js";
import { HostPool } from "./db/host-pool.js";
import { Unavailable } from "./errors.js";
import { migrate } from "./migrations.js";
import { MAX_ORDERS_LISTED, type Order, Orders } from "./orders.js";
import { POSTGRES_BIN, TestPostgres } from "./testing/postgres.js";

/** Everything that only a real server can say; skipped where PostgreSQL is not installed. */
describe.skipIf(POSTGRES_BIN === undefined)("against a real PostgreSQL (install its server)", () => {
  let primary: TestPostgres;
  const databases: Database[] = [];
  const outcomes: string[] = [];

  beforeAll(async () => {
    primary = await TestPostgres.primary();
    const target = {
      address: { host: "127.0.0.1", port: primary.port },
      database: "online_shop",
      user: "owner",
      password: () => "",
      onError: () => undefined,
    };
    const applied = await Promise.all([migrate(target), migrate(target), migrate(target)]);
    expect(applied.map(({ length }) => length).sort()).toEqual([0, 0, 2]);
    expect(await migrate(target)).toEqual([]);
  }, 60_000);
  afterEach(async () => {
    outcomes.length = 0;
    await Promise.all(databases.splice(0).map((database) => database.close()));
  });
  afterAll(() => primary?.remove());

  function ordersOf(replica = primary, writeDeadlineMs = 10_000): Orders {
    const group = ({ port }: TestPostgres) =>
      new HostGroup([
        new HostPool({
          address: { host: "127.0.0.1", port },
          database: "online_shop",
          user: "app",
          password: () => "",
          max: 5,
          connectTimeoutMs: 500,
          onIdleError: () => undefined,
        }),
      ]);
    const limits = { writeDeadlineMs, writeAttemptMs: 700, readDeadlineMs: 5_000, readAttemptMs: 1_000 };
    const database = new Database(group(primary), group(replica), limits, (target, outcome) =>
      outcomes.push(`${target} ${outcome}`),
    );
    databases.push(database);
    return new Orders(database);
  }

  const wish = { productId: 7, quantity: 2 };
  const stored = (prefix: string) =>
    primary.sql(`SELECT count(*)::int FROM orders WHERE idempotency_key LIKE '${prefix}%'`, "online_shop");
  /** Places orders one after the other's start while `fault` happens; all must be acknowledged. */
  const placeDuring = async (prefix: string, fault: () => Promise<void> | void) => {
    const orders = ordersOf();
    const placing = Array.from({ length: 40 }, async (_, n): Promise<Order> => {
      await sleep(n * 10);
      return (await orders.place(`${prefix}${n}`, wish)).order;
    });
    await sleep(150);
    await fault();
    expect(new Set((await Promise.all(placing)).map(({ id }) => id)).size).toBe(40);
    expect(await stored(prefix)).toBe(40);
  };

  it("has a thousand products", async () => {
    expect(await primary.sql("SELECT count(DISTINCT name)::int FROM products", "online_shop")).toBe(1_000);
  });

  it("places an order once; a repetition writes to the log, so that its commit has to wait", async () => {
    const orders = ordersOf();
    const first = await orders.place("once", wish);
    const before = await primary.sql("SELECT pg_current_wal_insert_lsn()");
    const again = await orders.place("once", wish);
    expect([first.created, again.created]).toEqual([true, false]);
    expect(again.order).toEqual(first.order);
    expect(await primary.sql(`SELECT pg_current_wal_insert_lsn() > '${before}'`)).toBe(true);
    await expect(orders.place("once", { ...wish, quantity: 3 })).rejects.toMatchObject({ statusCode: 422 });
    expect(await stored("once")).toBe(1);
  });

  it("makes one order of the same key sent twenty times at once", async () => {
    const orders = ordersOf();
    const placed = await Promise.all(Array.from({ length: 20 }, () => orders.place("at-once", wish)));
    expect(new Set(placed.map(({ order }) => order.id)).size).toBe(1);
    expect(placed.filter(({ created }) => created)).toHaveLength(1);
  });

  it("lists by prefix in the order of the keys' bytes, from one key to the next", async () => {
    const orders = ordersOf();
    for (const key of ["list-a", "list-B", "list-~", "list_x", "lis"]) await orders.place(key, wish);
    const keys = async (after: string, limit: number) =>
      (await orders.byKeyPrefix("list-", after, limit)).map(({ idempotencyKey }) => idempotencyKey);
    expect(await keys("", MAX_ORDERS_LISTED)).toEqual(["list-B", "list-a", "list-~"]);
    expect(await keys("list-B", 1)).toEqual(["list-a"]);
  });

  it("does not notice a column that comes and goes", async () => {
    await placeDuring("column-", async () => {
      for (let n = 0; n < 3; n++) {
        await primary.sql("ALTER TABLE products ADD COLUMN extra int", "online_shop");
        await sleep(30);
        await primary.sql("ALTER TABLE products DROP COLUMN extra", "online_shop");
      }
    });
  });

  it("loses no order to terminated sessions", async () => {
    await placeDuring("cut-", async () => {
      for (let n = 0; n < 3; n++) {
        await primary.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'");
      }
    });
  });

  it("outlives a session that is cut while nothing is asked of it", async () => {
    ordersOf();
    let attempts = 0;
    const { value } = await databases.at(-1)!.write(async (query) => {
      const [session] = await query<{ pid: number }>("SELECT pg_backend_pid() AS pid", []);
      if (++attempts === 1) await primary.sql(`SELECT pg_terminate_backend(${session!.pid}, 5000)`);
      await sleep(50); // in which the driver says so, to whoever listens
      return query("SELECT 1 AS one", []);
    });
    expect(value).toEqual([{ one: 1 }]);
    expect(outcomes).toEqual(["primary retried", "primary ok"]);
  });

  it("loses no order to a crash and restart", async () => {
    await placeDuring("crash-", () => {
      primary.crash();
      primary.start();
    });
  });

  it("gives a frozen server up in time, and serves on when it thaws", async () => {
    const orders = ordersOf(primary, 1_500);
    await orders.place("before-frost", wish);
    primary.signal("SIGSTOP");
    try {
      const start = performance.now();
      await expect(orders.place("frost", wish)).rejects.toThrow(Unavailable);
      expect(performance.now() - start).toBeLessThan(20_000);
    } finally {
      primary.signal("SIGCONT");
    }
    await expect(orders.place("frost", wish)).resolves.toMatchObject({ order: { idempotencyKey: "frost" } });
    expect(await stored("frost")).toBe(1);
  });

  it("reads its own writes, though the replica has not got them yet", async () => {
    const replica = await primary.standby();
    try {
      const orders = ordersOf(replica);
      await replica.sql("SELECT pg_wal_replay_pause()");
      const { order, lsn } = await orders.place("session", wish);
      outcomes.length = 0;
      expect(await orders.find(order.id, lsn)).toEqual(order);
      expect(outcomes).toEqual(["replica stale", "primary ok"]);

      outcomes.length = 0;
      await replica.sql("SELECT pg_wal_replay_resume()");
      await expect.poll(async () => (await orders.find(order.id, lsn)) && outcomes.at(-1)).toBe("replica ok");
    } finally {
      replica.remove();
    }
  });
});

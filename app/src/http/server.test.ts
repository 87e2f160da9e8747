import pino from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import { Cache } from "../cache/cache.js";
import { parseLsn } from "../db/lsn.js";
import { NotFound, Rejected, Unavailable } from "../errors.js";
import { Metrics } from "../metrics.js";
import type { Order, Orders, OrderRequest } from "../orders.js";
import { Pages } from "../pages.js";
import type { Product, Products } from "../products.js";
import { buildServer } from "./server.js";

const ID = "14f0c15f-7fee-4cfe-8b53-c164d25c255a";
const product: Product = {
  id: 7,
  name: "Lamp <3>",
  category: "Lighting",
  description: "It glows.",
  priceCents: 1_234_50,
};
const order = (key: string, request: OrderRequest): Order => ({
  ...request,
  id: ID,
  idempotencyKey: key,
  productName: product.name,
  unitPriceCents: product.priceCents,
  totalCents: product.priceCents * request.quantity,
  createdAt: new Date("2025-11-25T10:00:00Z"),
});

/** The whole HTTP side over a catalogue of one product and a book of orders in memory. */
async function shop() {
  const stored = new Map<string, string>();
  const store = {
    get: async (key: string) => stored.get(key) ?? null,
    set: async (key: string, value: string) => void stored.set(key, value),
  };
  const metrics = new Metrics();
  const cache = new Cache({ store, ttlMs: 300_000, onLookUp: (kind, result) => metrics.lookedUp(kind, result) });
  const products = {
    find: (id: number) =>
      cache.through("product", `product_${id}`, async () => {
        if (id !== product.id) throw new NotFound("There is no such product.");
        return product;
      }),
    list: (page: number) =>
      cache.through("listing", `l_${page}`, async () => ({ products: [product], page, pages: 1 })),
  } as Pick<Products, "find" | "list"> as Products;

  const book = new Map<string, Order>();
  const seen: { after: unknown[]; unavailable: boolean } = { after: [], unavailable: false };
  const orders = {
    place: async (key: string, request: OrderRequest) => {
      if (seen.unavailable) throw new Unavailable(new Error("password of 10.0.0.1 refused"));
      const earlier = book.get(key);
      if (earlier && earlier.quantity !== request.quantity) throw new Rejected(422, "This Idempotency-Key was used");
      book.set(key, earlier ?? order(key, request));
      return { order: book.get(key)!, created: !earlier, lsn: parseLsn("0/20") };
    },
    find: async (_id: string, after: unknown) => {
      seen.after.push(after);
      return order("key", { productId: 7, quantity: 1 });
    },
    byKeyPrefix: async (prefix: string, after: string, limit: number) =>
      [...book.values()].filter(({ idempotencyKey: key }) => key.startsWith(prefix) && key > after).slice(0, limit),
  } as Partial<Orders> as Orders;

  const lifecycle = { draining: false };
  const app = await buildServer({
    products,
    orders,
    pages: new Pages(products, cache),
    metrics,
    lifecycle,
    log: pino({ level: "silent" }),
    keepAliveTimeoutMs: 75_000,
  });
  const post = (payload: object, key?: string) =>
    app.inject({
      method: "POST",
      url: "/orders",
      payload,
      headers: key === undefined ? {} : { "idempotency-key": key },
    });
  return { app, lifecycle, metrics, seen, stored, post };
}

let rig: Awaited<ReturnType<typeof shop>>;
beforeEach(async () => {
  rig = await shop();
});
const html = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

describe("products", () => {
  it("are a miss, then a hit, as JSON and as a page", async () => {
    const get = async (headers: Record<string, string>) => {
      const answer = await rig.app.inject({ url: "/products/7", headers });
      return [answer.headers["x-cache"], answer.headers["content-type"], answer.headers.vary];
    };
    expect(await get({ accept: "*/*" })).toEqual(["miss", "application/json; charset=utf-8", "accept"]);
    expect(await get({ accept: "*/*" })).toEqual(["hit", "application/json; charset=utf-8", "accept"]);
    expect(await get(html)).toEqual(["hit", "text/html; charset=utf-8", "accept"]);
  });

  it("have a page that escapes what it shows and gives every visitor a key of their own, cached or not", async () => {
    const visit = async () => (await rig.app.inject({ url: "/products/7", headers: html })).body;
    const [first, second] = [await visit(), await visit()];
    const key = (page: string) => /name="idempotencyKey" value="([0-9a-f-]{36})"/.exec(page)?.[1];
    expect(first).toContain("Lamp &lt;3&gt;");
    expect(first).toContain("€1,234.50");
    expect(key(first)).toBeDefined();
    expect(key(second)).toBeDefined();
    expect(key(first)).not.toBe(key(second));
    expect(rig.stored.get("page_product_7")).not.toContain(key(first));
  });

  it.each([
    ["/products/8", 404],
    ["/products/lamp", 400],
    ["/products/99999999999", 400],
    ["/?page=0", 400],
    ["/x", 404],
  ])("%s is %i, as a page too", async (url, status) => {
    expect((await rig.app.inject(url)).statusCode).toBe(status);
    const page = await rig.app.inject({ url, headers: html });
    expect(page.statusCode).toBe(status);
    expect(page.body).toContain(`Status ${status}`);
  });
});

describe("orders", () => {
  const wish = { productId: 7, quantity: 2 };

  it("are created once, repeated as they are, and refused when the key means something else", async () => {
    const first = await rig.post(wish, "k1");
    const again = await rig.post(wish, "k1");
    expect([first.statusCode, again.statusCode]).toEqual([201, 200]);
    expect(again.json()).toEqual(first.json());
    expect(first.headers.location).toBe(`/orders/${ID}`);
    expect((await rig.post({ ...wish, quantity: 3 }, "k1")).statusCode).toBe(422);
  });

  it.each([
    ["no key", wish, undefined],
    ["a key with a space", wish, "a b"],
    ["too long a key", wish, "k".repeat(129)],
    ["no quantity", { productId: 7 }, "k"],
    ["too many", { productId: 7, quantity: 101 }, "k"],
    ["a product that is no number", { productId: "lamp", quantity: 1 }, "k"],
  ])("with %s are malformed", async (_name, payload, key) => {
    expect((await rig.post(payload, key)).statusCode).toBe(400);
  });

  it("past the deadline say when to come again, and not what went wrong inside", async () => {
    rig.seen.unavailable = true;
    const answer = await rig.post(wish, "k1");
    expect(answer.statusCode).toBe(503);
    expect(answer.headers["retry-after"]).toBe("5");
    expect(answer.body).not.toContain("10.0.0.1");
  });

  it("placed by a form send the browser on to the order", async () => {
    const answer = await rig.app.inject({
      method: "POST",
      url: "/orders",
      headers: { ...html, "content-type": "application/x-www-form-urlencoded" },
      payload: "productId=7&quantity=2&idempotencyKey=form-1",
    });
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `/orders/${ID}`]);
    const page = await rig.app.inject({ url: `/orders/${ID}`, headers: html });
    expect(page.body).toContain("Lamp &lt;3&gt;");
  });

  it("hand the session's position to later reads, as header or cookie, the later one winning", async () => {
    const placed = await rig.post(wish, "k1");
    expect(placed.headers["x-session-lsn"]).toBe("0/20");
    const cookie = String(placed.headers["set-cookie"]).split(";")[0]!;
    for (const headers of [
      { cookie },
      { "x-session-lsn": "0/20" },
      { cookie, "x-session-lsn": "1/0" },
      { "x-session-lsn": "'" },
    ]) {
      await rig.app.inject({ url: `/orders/${ID}`, headers: headers as Record<string, string> });
    }
    expect(rig.seen.after).toEqual(["0/20", "0/20", "1/0", undefined]);
  });

  it("are listed by prefix of a key, page by page, and not without a prefix", async () => {
    for (const n of [1, 2, 3]) await rig.post(wish, `run-0001-${n}`);
    const list = async (query: string) => (await rig.app.inject(`/orders?${query}`)).json();
    const first = await list("keyPrefix=run-0001&limit=2");
    expect(first.orders.map((found: Order) => found.idempotencyKey)).toEqual(["run-0001-1", "run-0001-2"]);
    const rest = await list(`keyPrefix=run-0001&limit=2&after=${first.next}`);
    expect(rest.orders).toHaveLength(1);
    expect(rest.next).toBeUndefined();
    expect((await rig.app.inject("/orders?keyPrefix=run")).statusCode).toBe(400);
    expect((await rig.app.inject("/orders")).statusCode).toBe(400);
  });
});

describe("operation", () => {
  it("is ready until it drains; then it says so, closes connections, and still serves", async () => {
    expect((await rig.app.inject("/readyz")).statusCode).toBe(200);
    rig.lifecycle.draining = true;
    expect((await rig.app.inject("/readyz")).statusCode).toBe(503);
    expect((await rig.app.inject("/healthz")).statusCode).toBe(200);
    const answer = await rig.app.inject("/products/7");
    expect([answer.statusCode, answer.headers.connection]).toEqual([200, "close"]);
  });

  it("keeps idle connections longer than a balancer does, and waits no shorter for their next headers", () => {
    const { keepAliveTimeout, headersTimeout } = rig.app.server;
    expect(keepAliveTimeout).toBe(75_000);
    expect(headersTimeout).toBeGreaterThan(keepAliveTimeout);
  });

  it("has every error series at 0 before the first error", async () => {
    const { body } = await rig.app.inject("/metrics");
    expect(body).toContain('http_requests_total{method="POST",route="/orders",status="5xx"} 0');
    expect(body).toContain('http_requests_total{method="GET",route="/products/:id",status="5xx"} 0');
    expect(body).toContain('shop_orders_total{outcome="unavailable"} 0');
    expect(body).not.toContain('route="/metrics"');
  });

  it("makes no series of what visitors make up", async () => {
    const series = async () =>
      (await rig.app.inject("/metrics")).body.split("\n").filter((line) => /^(http|shop)_/.test(line)).length;
    const before = await series();
    const methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] as const;
    for (let n = 0; n < 210; n++) {
      await rig.app.inject({
        method: methods[n % methods.length]!,
        url: n % 2 ? `/products/${n}` : `/.env/${n}?x=${n}`,
        headers: { host: `h${n}` },
      });
    }
    expect(await series()).toBe(before);
    expect((await rig.app.inject("/metrics")).body).toMatch(/route="unmatched",status="4xx"} [1-9]/);
  });
});

import type { FastifyInstance, FastifyRequest } from "fastify";
import { Rejected, Unavailable } from "../errors.js";
import type { Metrics } from "../metrics.js";
import { MAX_ORDERS_LISTED, type OrderRequest, type Orders } from "../orders.js";
import type { Pages } from "../pages.js";
import { sendHtml, sendJson, wantsHtml } from "./negotiate.js";
import { carrySession, sessionLsn } from "./session.js";

/** What a key may be: also safe in a path and in a log. */
const KEY_PATTERN = "^[A-Za-z0-9._:~-]{1,128}$";

/** Shortest prefix to list orders by: long enough that nobody else can guess it. */
const MIN_PREFIX = 8;

interface OrderBody extends OrderRequest {
  /** The key, where a form sends it instead of the header. */
  idempotencyKey?: string;
}

/** Placing orders and finding them again. */
export function orderRoutes(app: FastifyInstance, orders: Orders, pages: Pages, metrics: Metrics): void {
  app.post<{ Body: OrderBody }>(
    "/orders",
    {
      schema: {
        body: {
          type: "object",
          required: ["productId", "quantity"],
          properties: {
            productId: { type: "integer", minimum: 1, maximum: 2_147_483_647 },
            quantity: { type: "integer", minimum: 1, maximum: 100 },
            idempotencyKey: { type: "string" },
          },
        },
      },
    },
    async (request, reply) => {
      const { productId, quantity } = request.body;
      const placed = await orders.place(idempotencyKey(request), { productId, quantity }).catch((error: unknown) => {
        if (error instanceof Unavailable) metrics.ordered("unavailable");
        if (error instanceof Rejected) metrics.ordered("conflict");
        throw error;
      });
      metrics.ordered(placed.created ? "created" : "repeated");
      carrySession(request, reply, placed.lsn);
      const location = `/orders/${placed.order.id}`;
      // A form's browser is redirected, so that a reload shows the order instead of sending it again.
      if (wantsHtml(request)) return reply.redirect(location, 303);
      return sendJson(reply.code(placed.created ? 201 : 200).header("location", location), placed.order);
    },
  );

  app.get<{ Params: { id: string } }>(
    "/orders/:id",
    {
      schema: { params: { type: "object", required: ["id"], properties: { id: { type: "string", format: "uuid" } } } },
    },
    async (request, reply) => {
      const order = await orders.find(request.params.id, sessionLsn(request));
      return wantsHtml(request) ? sendHtml(reply, pages.order(order)) : sendJson(reply, order);
    },
  );

  app.get<{ Params: { key: string } }>(
    "/orders/by-key/:key",
    {
      schema: {
        params: { type: "object", required: ["key"], properties: { key: { type: "string", pattern: KEY_PATTERN } } },
      },
    },
    async (request) => orders.findByKey(request.params.key, sessionLsn(request)),
  );

  app.get<{ Querystring: { keyPrefix: string; after: string; limit: number } }>(
    "/orders",
    {
      schema: {
        querystring: {
          type: "object",
          required: ["keyPrefix"],
          properties: {
            keyPrefix: { type: "string", pattern: KEY_PATTERN, minLength: MIN_PREFIX },
            after: { type: "string", maxLength: 128, default: "" },
            limit: { type: "integer", minimum: 1, maximum: MAX_ORDERS_LISTED, default: MAX_ORDERS_LISTED },
          },
        },
      },
    },
    async ({ query: { keyPrefix, after, limit } }) => {
      const found = await orders.byKeyPrefix(keyPrefix, after, limit);
      return { orders: found, next: found.length === limit ? found.at(-1)?.idempotencyKey : undefined };
    },
  );
}

/** The key from the header or the form. Required, because an order without a key could not be repeated safely. */
function idempotencyKey(request: FastifyRequest<{ Body: OrderBody }>): string {
  const header = request.headers["idempotency-key"];
  const key = (Array.isArray(header) ? header[0] : header) ?? request.body.idempotencyKey;
  if (key === undefined) {
    throw new Rejected(400, "An order needs the header Idempotency-Key: a name of your own, new for each order.");
  }
  if (!new RegExp(KEY_PATTERN).test(key)) {
    throw new Rejected(400, "An Idempotency-Key has 1 to 128 letters, digits or any of . _ : ~ -");
  }
  return key;
}

import accepts from "@fastify/accepts";
import cookie from "@fastify/cookie";
import formbody from "@fastify/formbody";
import helmet from "@fastify/helmet";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { type Metrics, UNMATCHED } from "../metrics.js";
import type { Orders } from "../orders.js";
import type { Pages } from "../pages.js";
import type { Products } from "../products.js";
import { failureHandlers } from "./failure.js";
import { type Lifecycle, operationRoutes } from "./operation-routes.js";
import { orderRoutes } from "./order-routes.js";
import { productRoutes } from "./product-routes.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** False for probes and scrapes, which are not requests of users. */
    counted?: boolean;
  }
}

/** The parts that the HTTP server needs. */
export interface Shop {
  products: Products;
  orders: Orders;
  pages: Pages;
  metrics: Metrics;
  lifecycle: Lifecycle;
  log: FastifyBaseLogger;
  /** Milliseconds an idle connection is kept. */
  keepAliveTimeoutMs: number;
}

/** Largest request body, in bytes. */
const BODY_LIMIT = 16 * 1_024;

/** The shop's HTTP server, not yet listening. */
export async function buildServer(shop: Shop): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: shop.log,
    logController: new LogController({ disableRequestLogging: true }), // the metrics count, the balancer logs
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: shop.keepAliveTimeoutMs,
    requestTimeout: 30_000, // for receiving it
    forceCloseConnections: "idle",
    return503OnClosing: false, // open connections are served until they end
  });
  // Node also applies this timeout to idle connections, so it must be longer than the keep-alive timeout.
  app.server.headersTimeout = shop.keepAliveTimeoutMs + 1_000;

  count(app, shop.metrics);
  app.addHook("onRequest", async (_request, reply) => {
    if (shop.lifecycle.draining) reply.header("connection", "close");
  });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'unsafe-inline'"],
        imgSrc: ["data:"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    strictTransportSecurity: false, // the proxy that ends TLS decides that
  });
  await app.register(cookie);
  await app.register(formbody);
  await app.register(accepts);

  failureHandlers(app, shop.pages);
  operationRoutes(app, shop.lifecycle, shop.metrics);
  productRoutes(app, shop.products, shop.pages);
  orderRoutes(app, shop.orders, shop.pages, shop.metrics);
  return app;
}

/** Counts requests by their route's template; HEAD, which Fastify derives from GET, counts as GET. */
function count(app: FastifyInstance, metrics: Metrics): void {
  app.addHook("onRoute", ({ method, url, config }) => {
    if (config?.counted === false || method === "HEAD") return;
    for (const one of [method].flat()) metrics.expectRoute(one, url);
  });
  app.addHook("onResponse", async (request, reply) => {
    const { url, config } = request.routeOptions;
    if (config.counted === false) return;
    const method = request.method === "HEAD" ? "GET" : request.method;
    const matched = url === undefined ? UNMATCHED : { method, route: url };
    metrics.answered(matched.method, matched.route, reply.statusCode, reply.elapsedTime / 1_000);
  });
}

import { setTimeout as sleep } from "node:timers/promises";
import closeWithGrace from "close-with-grace";
import pino from "pino";
import { Cache } from "./cache/cache.js";
import { RedisStore } from "./cache/redis-store.js";
import { type Address, shopConfig } from "./config.js";
import { Database } from "./db/database.js";
import { HostGroup } from "./db/host-group.js";
import { HostPool } from "./db/host-pool.js";
import type { Lifecycle } from "./http/operation-routes.js";
import { buildServer } from "./http/server.js";
import { Metrics } from "./metrics.js";
import { Orders } from "./orders.js";
import { Pages } from "./pages.js";
import { Products } from "./products.js";
import { secretFile } from "./secret-file.js";

const config = shopConfig(process.env);
const log = pino({ level: config.LOG_LEVEL, name: "shop" });
const metrics = new Metrics();
const lifecycle: Lifecycle = { draining: false };

const poolers = (addresses: Address[]) =>
  new HostGroup(
    addresses.map(
      (address) =>
        new HostPool({
          address,
          database: config.DB_NAME,
          user: config.DB_USER,
          password: secretFile(config.DB_PASSWORD_FILE),
          max: config.DB_POOL_MAX,
          connectTimeoutMs: config.DB_CONNECT_TIMEOUT_MS,
          onIdleError: (error) => log.warn({ address, reason: error.message }, "an idle database connection was cut"),
        }),
    ),
  );

const database = new Database(
  poolers(config.DB_WRITE_HOSTS),
  poolers(config.DB_READ_HOSTS),
  {
    writeDeadlineMs: config.WRITE_DEADLINE_MS,
    writeAttemptMs: config.WRITE_ATTEMPT_MS,
    readDeadlineMs: config.READ_DEADLINE_MS,
    readAttemptMs: config.READ_ATTEMPT_MS,
  },
  (target, outcome) => metrics.attempted(target, outcome),
);
metrics.watchConnections(database);

const redis = new RedisStore({
  sentinels: config.REDIS_SENTINELS,
  masterName: config.REDIS_MASTER_NAME,
  password: secretFile(config.REDIS_PASSWORD_FILE),
  timeoutMs: config.REDIS_TIMEOUT_MS,
  onStateChange: (ready) => {
    metrics.redisReady(ready);
    log.info({ ready }, "redis");
  },
});
const cache = new Cache({
  store: redis,
  ttlMs: config.CACHE_TTL_SECONDS * 1_000,
  onLookUp: (kind, result) => metrics.lookedUp(kind, result),
});

const products = new Products(database, cache);
const app = await buildServer({
  products,
  orders: new Orders(database),
  pages: new Pages(products, cache),
  metrics,
  lifecycle,
  log,
  keepAliveTimeoutMs: config.KEEP_ALIVE_TIMEOUT_MS,
});

// An order under way may still take its whole deadline. After that, open requests are cut.
const shutdownMs = config.DRAIN_DELAY_MS + config.WRITE_DEADLINE_MS + 3_000;
closeWithGrace({ delay: shutdownMs, logger: log }, async ({ signal, err }) => {
  if (err) log.fatal({ err }, "closing after an error nobody caught");
  else log.info({ signal }, "closing");
  // First report "draining" and go on serving, closing each connection after its answer. Then close the port.
  lifecycle.draining = true;
  await sleep(config.DRAIN_DELAY_MS);
  await app.close();
  redis.close();
  // At most one second, because a frozen node never closes its connections.
  await Promise.race([database.close(), sleep(1_000)]);
});

await app.listen({ host: "0.0.0.0", port: config.PORT });

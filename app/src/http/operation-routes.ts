import type { FastifyInstance } from "fastify";
import type { Metrics } from "../metrics.js";

/** Whether the process is on its way out. */
export interface Lifecycle {
  draining: boolean;
}

/** For kubelet, balancer and Prometheus. Not counted or logged as requests. */
export function operationRoutes(app: FastifyInstance, lifecycle: Lifecycle, metrics: Metrics): void {
  const quiet = { logLevel: "silent" as const, config: { counted: false } };

  // The process answers. It asks nothing else: a restart of the shop mends no database.
  app.get("/healthz", quiet, async () => ({ status: "ok" }));

  // New requests are welcome. Without a primary or Redis they still are: reads go on, orders wait, and the answer to
  // one that waited too long is ours to give. Were this to fail with a shared dependency, all pods would leave at once.
  app.get("/readyz", quiet, async (_request, reply) =>
    lifecycle.draining ? reply.code(503).send({ status: "draining" }) : { status: "ok" },
  );

  app.get("/metrics", quiet, async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}

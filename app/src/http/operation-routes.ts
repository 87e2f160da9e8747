import type { FastifyInstance } from "fastify";
import type { Metrics } from "../metrics.js";

/** Whether the process is about to end. */
export interface Lifecycle {
  draining: boolean;
}

/** Routes for the kubelet, the balancer and Prometheus. They are not counted or logged as requests. */
export function operationRoutes(app: FastifyInstance, lifecycle: Lifecycle, metrics: Metrics): void {
  const quiet = { logLevel: "silent" as const, config: { counted: false } };

  // Liveness asks only whether the process answers, because a restart of the shop repairs no database.
  app.get("/healthz", quiet, async () => ({ status: "ok" }));

  // Readiness ignores the primary and Redis: without them reads go on and orders wait until their deadline. If it
  // failed with a shared dependency, all pods would become unready at once.
  app.get("/readyz", quiet, async (_request, reply) =>
    lifecycle.draining ? reply.code(503).send({ status: "draining" }) : { status: "ok" },
  );

  app.get("/metrics", quiet, async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}

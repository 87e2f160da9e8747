import type { Edges } from "../common/network";
import type { WorkerSettings } from "./completed";

/** Whom a worker's pods talk to: nobody comes in but those who read its metrics. */
export function workerEdges({ metricsPort, scrapedBy = [], uses = [], outside }: WorkerSettings): Edges {
  const ingress = metricsPort === undefined ? [] : scrapedBy.map((from) => ({ from, ports: [metricsPort] }));
  return { ingress, egress: uses, outside };
}

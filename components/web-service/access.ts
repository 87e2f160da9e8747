import type { Edges } from "../common/network";
import type { Migration, WebServiceArgs } from "./args";
import type { WebSettings } from "./completed";

/** Whom the service's pods talk to: who may call them, who reads their metrics, and what they use. */
export function webEdges(args: WebServiceArgs, { port, metrics, metricsPort }: WebSettings): Edges {
  const { clients = [], scrapedBy = [], uses = [], outside } = args;
  return {
    ingress: [
      ...clients.map((from) => ({ from, ports: [port] })),
      ...(metrics ? scrapedBy : []).map((from) => ({ from, ports: [metricsPort] })),
    ],
    egress: uses,
    outside,
  };
}

/** Whom the pods of a migration talk to; the service's own edges are not theirs. */
export const migrationEdges = ({ uses, outside }: Migration): Edges => ({ egress: uses, outside });

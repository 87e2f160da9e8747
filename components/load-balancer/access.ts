import type { Edges } from "../common/network";
import type { LoadBalancerArgs } from "./args";
import { AGENT_PORT, CLIENT_PORT, METRICS_PORT, TLS_PORT } from "./names";
import type { Served } from "./routes";

/** Whom a balancer talks to: everybody who comes in, and the servers of each service behind it. */
export function balancerEdges(args: LoadBalancerArgs, services: Served[]): Edges {
  const { scrapedBy = [], outside, tls } = args;
  return {
    ingress: [
      { from: "anywhere", ports: [CLIENT_PORT, ...(tls ? [TLS_PORT] : [])] },
      ...scrapedBy.map((from) => ({ from, ports: [METRICS_PORT, ...(tls ? [AGENT_PORT] : [])] })),
    ],
    egress: services.map(({ backend }) => backend.endpoint),
    outside,
  };
}

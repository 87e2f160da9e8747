import type { Edges } from "../common/network";
import type { LoadBalancerArgs } from "./args";
import { CLIENT_PORT, METRICS_PORT } from "./names";
import type { Served } from "./routes";

/** Whom a balancer talks to: everybody who comes in, and the servers of each service behind it. */
export function balancerEdges({ scrapedBy = [], outside }: LoadBalancerArgs, services: Served[]): Edges {
  return {
    ingress: [
      { from: "anywhere", ports: [CLIENT_PORT] },
      ...scrapedBy.map((from) => ({ from, ports: [METRICS_PORT] })),
    ],
    egress: services.map(({ backend }) => backend.endpoint),
    outside,
  };
}

import type { Edges } from "../common/network";
import type { LoadBalancerArgs } from "./args";
import { CLIENT_PORT, METRICS_PORT } from "./names";

/** Whom a balancer talks to: everybody who comes in, and the servers behind it. */
export function balancerEdges({ backend, scrapedBy = [], outside }: LoadBalancerArgs): Edges {
  return {
    ingress: [
      { from: "anywhere", ports: [CLIENT_PORT] },
      ...scrapedBy.map((from) => ({ from, ports: [METRICS_PORT] })),
    ],
    egress: [backend.endpoint],
    outside,
  };
}

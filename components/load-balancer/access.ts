import type * as k8s from "@pulumi/kubernetes";
import { hostAndPort } from "../../config/addresses";
import type { Edges } from "../common/network";
import type { LoadBalancerArgs } from "./args";
import { AGENT_PORT, CLIENT_PORT, METRICS_PORT, TLS_PORT } from "./names";
import type { Served } from "./routes";
import type { Issue } from "./tls";

/** What the pod may do that gets certificates: read and change the Secret of that name. */
export const issuerRights = (secret: string): k8s.types.input.rbac.v1.PolicyRule[] => [
  { apiGroups: [""], resources: ["secrets"], resourceNames: [secret], verbs: ["get", "patch"] },
];

/** Whom that pod talks to: the Kubernetes API, and an ACME server where there is one. */
export function issuerEdges(issue: Issue): Edges {
  if (issue.kind === "authority") return { apiServer: true };
  // What is no address is refused by tls.ts.
  const { host, port } = hostAndPort(issue.directory)!;
  return { apiServer: true, outside: [{ host, port, why: "certificates by ACME" }] };
}

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

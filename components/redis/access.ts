import type * as pulumi from "@pulumi/pulumi";
import { sliceRules } from "../common/endpoint-slices";
import type { Edges } from "../common/network";
import { createAccount, createBudget, createPolicy, createRole, metadataOf, type Workload } from "../common/workload";
import type { RedisArgs } from "./args";
import { EXPORTER_PORT, REDIS_PORT, SENTINEL_PORT, sliceOf } from "./names";

/** Both workloads, as {@link members} names them. */
interface Members {
  servers: Workload;
  sentinels: Workload;
}

/**
 * The rights of the agents beside the Sentinels, which point the Service at the primary: to do that, and to read the
 * servers' addresses, no more.
 *
 * @param replicas number of servers, whose pods may be looked up
 */
export function createPointerRights({ servers, sentinels }: Members, replicas: number, parent: pulumi.Resource): void {
  const { name } = servers;
  const pods = {
    apiGroups: [""],
    resources: ["pods"],
    resourceNames: Array.from({ length: replicas }, (_, ordinal) => `${name}-${ordinal}`),
    verbs: ["get"],
  };
  const pointer = `${name}-pointer`;
  const account = { name: sentinels.name, namespace: sentinels.namespace };
  createRole(pointer, metadataOf(servers, pointer), [pods, ...sliceRules([name], [sliceOf(name)])], account, parent);
}

/** What limits both workloads: an account each, the evictions they allow at a time, and who may reach them. */
export function createGuards(
  { servers, sentinels }: Members,
  args: Pick<RedisArgs, "clients" | "scrapedBy" | "outside">,
  parent: pulumi.Resource,
): void {
  const ingress = (port: number): Edges["ingress"] => [
    ...[...args.clients, servers, sentinels].map((from) => ({ from, ports: [port] })),
    ...(args.scrapedBy ?? []).map((from) => ({ from, ports: [EXPORTER_PORT] })),
  ];
  // Members call each other by address: no name is looked up, so there is no way out to DNS either.
  const egress = [
    { ...servers, ports: [REDIS_PORT] },
    { ...sentinels, ports: [SENTINEL_PORT] },
  ];
  const shared = { egress, dns: false };
  guard(servers, { ...shared, ingress: ingress(REDIS_PORT), outside: args.outside }, parent);
  guard(sentinels, { ...shared, ingress: ingress(SENTINEL_PORT), apiServer: true }, parent);
}

function guard(of: Workload, edges: Edges, parent: pulumi.Resource): void {
  createAccount(of, parent);
  createBudget(of, parent);
  createPolicy(of, edges, parent);
}

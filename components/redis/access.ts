import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { sliceRules } from "../common/endpoint-slices";
import { allLabels, type Labels } from "../common/labels";
import { networkPolicy, type Edges } from "../common/network";
import type { RedisArgs } from "./args";
import { EXPORTER_PORT, members, REDIS_PORT, SENTINEL_PORT, sentinelsOf, sliceOf } from "./names";

type Args = Pick<RedisArgs, "namespace" | "clients" | "scrapedBy" | "outside">;

/**
 * The rights of the agents beside the Sentinels, which point the Service at the primary: to do that, and to read the
 * servers' addresses, no more.
 *
 * @param replicas number of servers, whose pods may be looked up
 */
export function createPointerRights(
  name: string,
  args: { namespace: pulumi.Input<string>; selector: Labels; replicas: number },
  opts: pulumi.CustomResourceOptions,
): void {
  const metadata = { name: `${name}-pointer`, namespace: args.namespace, labels: allLabels(args.selector) };
  const role = new k8s.rbac.v1.Role(
    `${name}-pointer`,
    {
      metadata,
      rules: [
        {
          apiGroups: [""],
          resources: ["pods"],
          resourceNames: Array.from({ length: args.replicas }, (_, ordinal) => `${name}-${ordinal}`),
          verbs: ["get"],
        },
        ...sliceRules([name], [sliceOf(name)]),
      ],
    },
    opts,
  );
  new k8s.rbac.v1.RoleBinding(
    `${name}-pointer`,
    {
      metadata,
      subjects: [{ kind: "ServiceAccount", name: sentinelsOf(name), namespace: args.namespace }],
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
    },
    opts,
  );
}

/** What limits both workloads: an account each, the evictions they allow at a time, and who may reach them. */
export function createGuards(name: string, args: Args, opts: pulumi.CustomResourceOptions): void {
  const { servers, sentinels } = members(name, args.namespace);
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
  guard(name, servers.labels, args, { ...shared, ingress: ingress(REDIS_PORT), outside: args.outside }, opts);
  guard(
    sentinelsOf(name),
    sentinels.labels,
    args,
    { ...shared, ingress: ingress(SENTINEL_PORT), apiServer: true },
    opts,
  );
}

function guard(
  workload: string,
  selector: Labels,
  { namespace }: Args,
  edges: Edges,
  opts: pulumi.CustomResourceOptions,
): void {
  const metadata = { name: workload, namespace, labels: allLabels(selector) };
  new k8s.core.v1.ServiceAccount(workload, { metadata, automountServiceAccountToken: false }, opts);
  new k8s.policy.v1.PodDisruptionBudget(
    workload,
    {
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: selector }, unhealthyPodEvictionPolicy: "AlwaysAllow" },
    },
    opts,
  );
  new k8s.networking.v1.NetworkPolicy(workload, networkPolicy(metadata, selector, edges), opts);
}

import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { allLabels, selectorLabels } from "./labels";
import { networkPolicy, type Edges, type Peer } from "./network";

type Rule = k8s.types.input.rbac.v1.PolicyRule;

/** A workload as its objects and its neighbours know it: what it is called, where it is, and what its pods have. */
export interface Workload extends Peer {
  /** Of the workload and, unless another is said, of each object that it has. */
  name: string;
}

/**
 * A workload, which may be named before it exists.
 *
 * @param component the role it plays: see {@link selectorLabels}
 */
export function workloadOf(name: string, component: string, namespace: pulumi.Input<string>): Workload {
  return { name, namespace, labels: selectorLabels(name, component) };
}

/**
 * Metadata of an object that belongs to a workload.
 *
 * @param name the object's own, where it is not the workload's
 */
export function metadataOf(of: Workload, name = of.name) {
  return { name, namespace: of.namespace, labels: allLabels(of.labels) };
}

/**
 * A workload's service account. No pod is handed its token by itself: a container that calls the API mounts it.
 *
 * @param rules what it may do in its namespace. @default nothing
 * @returns its name
 */
export function createAccount(of: Workload, parent: pulumi.Resource, rules: Rule[] = []): pulumi.Output<string> {
  const metadata = metadataOf(of);
  const args = { metadata, automountServiceAccountToken: false };
  const { name } = new k8s.core.v1.ServiceAccount(of.name, args, { parent }).metadata;
  if (rules.length > 0) createRole(of.name, metadata, rules, { name, namespace: of.namespace }, parent);
  return name;
}

/**
 * Gives an account rights in one namespace.
 *
 * @param resource name of both resources, the Role and its binding
 * @param metadata of both objects
 */
export function createRole(
  resource: string,
  metadata: k8s.types.input.meta.v1.ObjectMeta,
  rules: Rule[],
  account: Record<"name" | "namespace", pulumi.Input<string>>,
  parent: pulumi.Resource,
): void {
  const { name } = new k8s.rbac.v1.Role(resource, { metadata, rules }, { parent }).metadata;
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name };
  const subjects = [{ kind: "ServiceAccount", ...account }];
  new k8s.rbac.v1.RoleBinding(resource, { metadata, roleRef, subjects }, { parent });
}

/** The policy of a workload's pods: nothing comes in or goes out but what is named. */
export function createPolicy(of: Workload, edges: Edges, parent: pulumi.Resource): k8s.networking.v1.NetworkPolicy {
  return new k8s.networking.v1.NetworkPolicy(of.name, networkPolicy(metadataOf(of), of.labels, edges), { parent });
}

/**
 * How many of a workload's pods may be evicted at a time.
 *
 * @param allowed `minAvailable` for a DaemonSet: there the API server can't compute a number to lose
 */
export function createBudget(
  of: Workload,
  parent: pulumi.Resource,
  allowed: { maxUnavailable: number } | { minAvailable: number } = { maxUnavailable: 1 },
): void {
  // A pod that isn't ready serves nobody: evicting it must not wait for room (kubernetes/kubernetes#72320).
  const spec = { selector: { matchLabels: of.labels }, unhealthyPodEvictionPolicy: "AlwaysAllow", ...allowed };
  new k8s.policy.v1.PodDisruptionBudget(of.name, { metadata: metadataOf(of), spec }, { parent });
}

/** A Service that is there before its pods are: Pulumi waits for none of them. */
export function createService(
  of: Workload,
  name: string,
  spec: k8s.types.input.core.v1.ServiceSpec,
  parent: pulumi.Resource,
): k8s.core.v1.Service {
  const metadata = { ...metadataOf(of, name), annotations: { "pulumi.com/skipAwait": "true" } };
  return new k8s.core.v1.Service(name, { metadata, spec }, { parent });
}

/** API groups that Kubernetes itself serves, and the one in which Pulumi declares a Helm release. */
export const BUILT_IN_GROUPS: ReadonlySet<string> = new Set([
  "",
  "apps",
  "autoscaling",
  "batch",
  "policy",
  // Served until Kubernetes 1.21; people's files still have it, and its kinds are the same.
  "extensions",
  "helm.sh",
  ...[
    "admissionregistration",
    "apiextensions",
    "apiregistration",
    "authentication",
    "authorization",
    "certificates",
    "coordination",
    "discovery",
    "events",
    "flowcontrol.apiserver",
    "networking",
    "node",
    "rbac.authorization",
    "resource",
    "scheduling",
    "storage",
  ].map((name) => `${name}.k8s.io`),
]);

/** The group in an `apiVersion`; empty for the core group. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";

/** The version in an `apiVersion`. */
export const versionOf = (apiVersion: string): string => apiVersion.slice(apiVersion.indexOf("/") + 1);

/**
 * A kind by the name that only it has: a Service of Knative's is no Service. The API's own kinds have their bare name,
 * those of others their group behind it, as kubectl writes them.
 */
export function fullKind(apiVersion: string, kind: string): string {
  const group = groupOf(apiVersion);
  return BUILT_IN_GROUPS.has(group) ? kind : `${kind}.${group}`;
}

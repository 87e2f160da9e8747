import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { allLabels, type Labels } from "../common/labels";

type PolicyRule = k8s.types.input.rbac.v1.PolicyRule;

/** Rights of one workload's account. */
export interface RightsArgs {
  namespace: pulumi.Input<string>;
  selector: Labels;
  /** Rights in each of these namespaces. */
  within: { namespaces: pulumi.Input<string>[]; rules: PolicyRule[] };
  /** Rights to objects of no namespace. */
  clusterWide: PolicyRule[];
}

/**
 * A service account with a Role in each namespace it reads and, if it needs any, a ClusterRole.
 *
 * @param name name of the workload and its account
 */
export function createRights(name: string, args: RightsArgs, opts: pulumi.CustomResourceOptions): void {
  const labels = allLabels(args.selector);
  new k8s.core.v1.ServiceAccount(
    name,
    { metadata: { name, namespace: args.namespace, labels }, automountServiceAccountToken: false },
    opts,
  );
  const subjects = [{ kind: "ServiceAccount", name, namespace: args.namespace }];
  // Outside of its own namespace another stack may have an account of the same name.
  const outside = pulumi.interpolate`holdfast-${args.namespace}-${name}`;
  args.within.namespaces.forEach((namespace, index) => {
    const child = index === 0 ? name : `${name}-${index}`;
    const at = pulumi
      .all([namespace, args.namespace, outside])
      .apply(([there, own, long]) => (there === own ? name : long));
    const metadata = { name: at, namespace, labels };
    const role = new k8s.rbac.v1.Role(child, { metadata, rules: args.within.rules }, opts);
    new k8s.rbac.v1.RoleBinding(
      child,
      {
        metadata,
        subjects,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      },
      opts,
    );
  });
  if (args.clusterWide.length === 0) return;
  const metadata = { name: outside, labels };
  const role = new k8s.rbac.v1.ClusterRole(name, { metadata, rules: args.clusterWide }, opts);
  new k8s.rbac.v1.ClusterRoleBinding(
    name,
    {
      metadata,
      subjects,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
    },
    opts,
  );
}

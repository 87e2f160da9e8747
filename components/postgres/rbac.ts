import type * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";
import { sliceRules } from "../common/endpoint-slices";
import { allLabels, type Labels } from "../common/labels";
import { dynamicName, passwordsName, poolerPasswordsName } from "./names";

type Rule = k8s.types.input.rbac.v1.PolicyRule;

/**
 * What Patroni and the agent beside it may do. Names are given wherever Kubernetes can check them; `create` and a
 * collection's `list` and `watch` have none.
 *
 * @param name the component's name
 */
export function databaseRules(name: string): Rule[] {
  return [
    // The leader lock, the quorum and the configuration live in Endpoints (see `use_endpoints`).
    { apiGroups: [""], resources: ["endpoints"], verbs: ["create", "get", "list", "patch", "update", "watch"] },
    // OpenShift asks for `restricted` before it lets anybody write addresses by hand.
    {
      apiGroups: ["", "discovery.k8s.io"],
      resources: ["endpoints/restricted", "endpointslices/restricted"],
      verbs: ["create"],
    },
    // The primary writes where the two Services lead (see addresses.py).
    ...sliceRules([name, `${name}-replicas`], [`${name}-addresses`, `${name}-replicas-addresses`]),
    // Each member keeps its own state in an annotation of its pod.
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "patch", "update", "watch"] },
    // A person's order to lead, and the fence that it overrules, are told (see events.py).
    { apiGroups: [""], resources: ["events"], verbs: ["create"] },
    { apiGroups: [""], resources: ["configmaps"], resourceNames: [dynamicName(name)], verbs: ["get"] },
    { apiGroups: [""], resources: ["secrets"], resourceNames: [passwordsName(name)], verbs: ["get"] },
  ];
}

/** What the agent beside a pooler may do: see who leads and who is a member, and read its own credentials anew. */
export function poolerRules(name: string): Rule[] {
  return [
    { apiGroups: [""], resources: ["endpoints"], resourceNames: [name], verbs: ["get", "list", "watch"] },
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
    { apiGroups: [""], resources: ["secrets"], resourceNames: [poolerPasswordsName(name)], verbs: ["get"] },
  ];
}

/**
 * A service account with a role of its own, or with no right at all.
 *
 * @param name of all objects
 * @param rules none for pods that never call the API
 */
export function createServiceAccount(
  name: string,
  namespace: pulumi.Input<string>,
  labels: Labels,
  rules: Rule[],
  parent: pulumi.Resource,
): k8s.core.v1.ServiceAccount {
  const metadata = { name, namespace, labels: allLabels(labels) };
  // Mounted by the pods that need it, by their own field; nobody gets it by accident.
  const account = new k8s.core.v1.ServiceAccount(name, { metadata, automountServiceAccountToken: false }, { parent });
  if (rules.length === 0) return account;
  const role = new k8s.rbac.v1.Role(name, { metadata, rules }, { parent });
  new k8s.rbac.v1.RoleBinding(
    name,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace }],
    },
    { parent },
  );
  return account;
}

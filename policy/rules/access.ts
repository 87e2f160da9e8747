import { eachObject } from "../engine/checks";
import type { Rule } from "../engine/rule";
import type { KubeObject } from "../graph/object";
import type { PolicyRule, Subject } from "../graph/types";

const ROLES = ["Role", "ClusterRole"];
const BINDINGS = ["RoleBinding", "ClusterRoleBinding"];
const EVERYONE = ["system:authenticated", "system:unauthenticated", "system:anonymous", "system:serviceaccounts"];

/** Rights that lead to every other right, by resource: the verbs that matter. */
const ESCALATING: Record<string, string[]> = {
  clusterroles: ["escalate", "bind"],
  roles: ["escalate", "bind"],
  clusterrolebindings: ["bind", "create", "patch", "update"],
  rolebindings: ["bind"],
  users: ["impersonate"],
  groups: ["impersonate"],
  serviceaccounts: ["impersonate"],
  "serviceaccounts/token": ["create"],
  "nodes/proxy": ["get", "create"],
  "pods/exec": ["get", "create"],
  "pods/attach": ["get", "create"],
  persistentvolumes: ["create"],
  "services/status": ["patch", "update"],
  "certificatesigningrequests/approval": ["patch", "update"],
  mutatingwebhookconfigurations: ["create", "patch", "update"],
  validatingwebhookconfigurations: ["create", "patch", "update"],
};
const POD_MAKERS = ["pods", "deployments", "statefulsets", "daemonsets", "replicasets", "jobs", "cronjobs"];

function eachRight(test: (right: PolicyRule, role: KubeObject) => string | undefined): Rule["checks"] {
  return eachObject(ROLES, function* (role): Iterable<string> {
    for (const [index, right] of (role.field<PolicyRule[]>("rules") ?? []).entries()) {
      const message = test(right, role);
      if (message) yield `rules[${index}] ${message}`;
    }
  });
}

function grants(right: PolicyRule, resource: string, verbs: string[]): boolean {
  const named = right.resources?.includes(resource) ?? false;
  return named && (right.verbs ?? []).some((verb) => verbs.includes(verb));
}

/** What accounts may do to the Kubernetes API: CIS benchmark §5.1. */
export const accessRules: Rule[] = [
  {
    id: "no-wildcard-right",
    title: "Roles name the verbs and resources they grant",
    why: "A `*` also grants what Kubernetes or an operator adds next year, `escalate` and `impersonate` included.",
    fix: "List the verbs, resources and API groups that are used.",
    scope: "object",
    checks: eachRight(({ verbs = [], resources = [], apiGroups = [] }) =>
      [verbs, resources, apiGroups].some((list) => list.includes("*")) ? "uses a wildcard" : undefined,
    ),
  },
  {
    id: "no-cluster-admin",
    title: "Nothing is bound to cluster-admin or system:masters",
    why: "One stolen token of such an account is the whole cluster; system:masters cannot even be revoked by RBAC.",
    fix: "Bind a Role with the rights that are used.",
    scope: "object",
    checks: eachObject(BINDINGS, function* (binding): Iterable<string> {
      if (binding.field<{ name?: string }>("roleRef")?.name === "cluster-admin") yield "roleRef is cluster-admin";
      for (const [index, subject] of (binding.field<Subject[]>("subjects") ?? []).entries()) {
        if (subject.name === "system:masters") yield `subjects[${index}] is system:masters`;
      }
    }),
  },
  {
    id: "no-escalating-right",
    title: "Roles grant nothing from which every other right follows",
    why:
      "Creating pods, binding roles, impersonating, exec, node proxy, tokens or webhooks each end in control of " +
      "the cluster.",
    fix: "Drop the right; let the deployment tool, not a pod, make workloads and bindings.",
    scope: "object",
    checks: eachRight((right) => {
      const escalates = Object.keys(ESCALATING).some((resource) => grants(right, resource, ESCALATING[resource]!));
      const makesPods = POD_MAKERS.some((resource) => grants(right, resource, ["create"]));
      return escalates || makesPods ? "grants a right that leads to all others" : undefined;
    }),
  },
  {
    id: "no-secret-reading",
    title: "Roles read Secrets by name only",
    why: "Listing Secrets reads every password and token of the namespace, or of the cluster.",
    fix: "Mount the Secret, or grant `get` with `resourceNames`.",
    scope: "object",
    checks: eachRight((right) => {
      const lists = grants(right, "secrets", ["list", "watch"]);
      const reads = grants(right, "secrets", ["get"]) && !right.resourceNames?.length;
      return lists || reads ? "reads Secrets that it does not name" : undefined;
    }),
  },
  {
    id: "no-rights-for-everyone",
    title: "Rights go to an account of their own, not to the default one or to everybody",
    why: "Every pod that names no account runs as `default`, and every pod at all is in system:serviceaccounts.",
    fix: "Bind the role to a ServiceAccount made for the workload that needs it.",
    scope: "object",
    checks: eachObject(BINDINGS, function* (binding): Iterable<string> {
      for (const [index, { kind, name = "" }] of (binding.field<Subject[]>("subjects") ?? []).entries()) {
        const group = EVERYONE.some((everyone) => name === everyone || name.startsWith("system:serviceaccounts:"));
        if (group || (kind === "ServiceAccount" && name === "default"))
          yield `subjects[${index}] is shared by pods that never asked for the right`;
      }
    }),
  },
  {
    id: "own-namespace",
    title: "Objects go into a namespace of their own, written down",
    why:
      "Without one they go wherever the kubeconfig points, and `default` has no quota, no policy and everybody's " +
      "leftovers.",
    fix: "Set `metadata.namespace` to a namespace made for the stack.",
    prevents: ["https://github.com/pulumi/pulumi-kubernetes/issues/2357"],
    scope: "object",
    checks: eachObject(
      [
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "ReplicaSet",
        "Job",
        "CronJob",
        "Pod",
        "Service",
        "ConfigMap",
        "Secret",
        "Ingress",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "HorizontalPodAutoscaler",
        "ServiceAccount",
        "Role",
        "RoleBinding",
        "PersistentVolumeClaim",
        "ResourceQuota",
      ],
      (object) => {
        if (!object.namesItsNamespace) return "metadata.namespace is not set";
        return object.namespace === "default" ? "metadata.namespace is default" : undefined;
      },
    ),
  },
];

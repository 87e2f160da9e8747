import { NAMESPACE, object } from "../objects";
import type { Examples } from "./example";

const role = (rule: object) => object("Role", "r", { rules: [{ apiGroups: [""], ...rule }] });
const binding = (subject: object, roleName = "view", kind = "RoleBinding") =>
  object(kind, "b", { subjects: [subject], roleRef: { kind: "ClusterRole", name: roleName } });
const account = { kind: "ServiceAccount", name: "web", namespace: NAMESPACE };

/** Examples of the rules about rights. */
export const accessExamples: Examples = {
  "no-wildcard-right": {
    bad: [
      role({ resources: ["*"], verbs: ["get"] }),
      role({ resources: ["pods"], verbs: ["*"] }),
      role({ apiGroups: ["*"], resources: ["pods"], verbs: ["get"] }),
    ],
    good: [role({ resources: ["pods"], verbs: ["get"] })],
  },
  "no-cluster-admin": {
    bad: [binding(account, "cluster-admin", "ClusterRoleBinding"), binding({ kind: "Group", name: "system:masters" })],
    good: [binding(account)],
  },
  "no-escalating-right": {
    bad: [
      role({ resources: ["pods"], verbs: ["create"] }),
      role({ resources: ["deployments"], verbs: ["get", "create"] }),
      role({ resources: ["pods/exec"], verbs: ["create"] }),
      role({ resources: ["users"], verbs: ["impersonate"] }),
      role({ resources: ["nodes/proxy"], verbs: ["get"] }),
      role({ resources: ["clusterroles"], verbs: ["escalate"] }),
    ],
    good: [
      role({ resources: ["pods"], verbs: ["get", "list", "patch"] }),
      role({ resources: ["endpoints"], verbs: ["create"] }),
    ],
  },
  "no-secret-reading": {
    bad: [
      role({ resources: ["secrets"], verbs: ["list"] }),
      role({ resources: ["secrets"], verbs: ["get"] }),
      role({ resources: ["secrets"], verbs: ["watch"], resourceNames: ["one"] }),
    ],
    good: [
      role({ resources: ["secrets"], verbs: ["get"], resourceNames: ["one"] }),
      role({ resources: ["configmaps"], verbs: ["list"] }),
    ],
  },
  "no-rights-for-everyone": {
    bad: [
      binding({ kind: "ServiceAccount", name: "default", namespace: NAMESPACE }),
      binding({ kind: "Group", name: "system:authenticated" }),
      binding({ kind: "Group", name: "system:serviceaccounts:shop" }),
    ],
    good: [binding(account)],
  },
  "own-namespace": {
    bad: [
      object("ConfigMap", "c", { metadata: { namespace: undefined } }),
      object("Deployment", "d", { metadata: { namespace: "default" } }),
    ],
    good: [object("ConfigMap", "c"), object("ClusterRole", "r", { metadata: { namespace: undefined } })],
  },
};

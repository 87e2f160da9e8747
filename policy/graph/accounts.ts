import type { Graph } from "./graph";
import type { PolicyRule, Subject } from "./types";
import type { Workload } from "./workload";

/** The account that a workload's pods run as. */
export const accountName = (workload: Workload): string => workload.podSpec.serviceAccountName ?? "default";

/** Whether pods of a workload carry a token of the Kubernetes API, mounted by default or by a volume of their own. */
export function carriesToken(workload: Workload, graph: Graph): boolean {
  const { podSpec } = workload;
  if ((podSpec.volumes ?? []).some((volume) => volume.projected?.sources?.some((source) => source.serviceAccountToken)))
    return true;
  const account = graph.find("ServiceAccount", workload.namespace, accountName(workload));
  return podSpec.automountServiceAccountToken ?? account?.field<boolean>("automountServiceAccountToken") ?? true;
}

/**
 * The rights of a workload's account.
 *
 * @returns `bound`: whether any binding declared here names the account; `rights`: those of the roles declared here
 */
export function rightsOf(workload: Workload, graph: Graph): { bound: boolean; rights: PolicyRule[] } {
  const name = accountName(workload);
  const bindings = [...graph.ofKind("RoleBinding"), ...graph.ofKind("ClusterRoleBinding")].filter((binding) =>
    (binding.field<Subject[]>("subjects") ?? []).some(
      (subject) =>
        subject.kind === "ServiceAccount" &&
        subject.name === name &&
        (subject.namespace ?? binding.namespace) === workload.namespace,
    ),
  );
  const rights = bindings.flatMap((binding) => {
    const reference = binding.field<{ kind?: string; name?: string }>("roleRef") ?? {};
    const role = graph.find(
      reference.kind ?? "",
      reference.kind === "Role" ? binding.namespace : "",
      reference.name ?? "",
    );
    return role?.field<PolicyRule[]>("rules") ?? [];
  });
  return { bound: bindings.length > 0, rights };
}

/** Whether pods of a workload can put labels on pods while they run, as Patroni does with the member's role. */
export function labelsPods(workload: Workload, graph: Graph): boolean {
  return (
    carriesToken(workload, graph) &&
    rightsOf(workload, graph).rights.some(
      ({ resources = [], verbs = [] }) =>
        resources.includes("pods") && (verbs.includes("patch") || verbs.includes("update")),
    )
  );
}

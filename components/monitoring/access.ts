import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { allLabels, selectorLabels } from "../common/labels";
import type { Edges, Peer } from "../common/network";
import type { Observability } from "../common/observability";
import { createAccount, createRole, type Workload } from "../common/workload";
import { receiverEdges } from "./alertmanager-config";
import type { MonitoringArgs } from "./args";
import { reportedKinds, type ReportedKind } from "./kube-metrics";
import { nodeNamespace, NAMES, PORTS, type Workloads } from "./names";

type Rule = k8s.types.input.rbac.v1.PolicyRule;

/** Rights of one workload's account. @default none */
interface Rights {
  /** In each of these namespaces. */
  within?: { namespaces: pulumi.Input<string>[]; rules: Rule[] };
  /** To objects of no namespace. */
  clusterWide?: Rule[];
}

/** The namespace of node-exporter, which reads its host and so cannot be restricted. @returns its name */
export function createNodeNamespace(args: MonitoringArgs, parent: pulumi.Resource): pulumi.Output<string> {
  const name = args.nodeNamespace ?? pulumi.output(args.namespace).apply(nodeNamespace);
  const labels = allLabels(selectorLabels(NAMES.nodeExporter, "monitoring"));
  const metadata = { name, labels: { ...labels, "pod-security.kubernetes.io/enforce": "privileged" } };
  // A stack may know it by a URN that ends in the namespace's name. Without the alias it would be made under this one,
  // and then deleted under that.
  const aliases = [{ name: args.nodeNamespace ?? "holdfast-node" }];
  return new k8s.core.v1.Namespace("node-namespace", { metadata }, { parent, aliases }).metadata.name;
}

/** A service account with a Role in each namespace it reads and, if it needs any, a ClusterRole. */
function createRights(of: Workload, { within, clusterWide = [] }: Rights, parent: pulumi.Resource): void {
  const { name } = of;
  const labels = allLabels(of.labels);
  createAccount(of, parent);
  const account = { name, namespace: of.namespace };
  // Outside of its own namespace another stack may have an account of the same name.
  const outside = pulumi.interpolate`holdfast-${of.namespace}-${name}`;
  within?.namespaces.forEach((namespace, index) => {
    const at = pulumi
      .all([namespace, of.namespace, outside])
      .apply(([there, own, long]) => (there === own ? name : long));
    const metadata = { name: at, namespace, labels };
    createRole(index === 0 ? name : `${name}-${index}`, metadata, within.rules, account, parent);
  });
  if (clusterWide.length === 0) return;
  const metadata = { name: outside, labels };
  const role = new k8s.rbac.v1.ClusterRole(name, { metadata, rules: clusterWide }, { parent });
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name };
  const subjects = [{ kind: "ServiceAccount", ...account }];
  new k8s.rbac.v1.ClusterRoleBinding(name, { metadata, roleRef, subjects }, { parent });
}

/** For reading kinds: list and watch are all that kube-state-metrics does. */
const reading = (kinds: ReportedKind[]): Rule[] =>
  kinds.map(({ apiGroup, resource }) => ({ apiGroups: [apiGroup], resources: [resource], verbs: ["list", "watch"] }));

/**
 * The accounts of all workloads.
 *
 * @param watched namespaces that are looked at
 * @param metrics of kube-state-metrics, from which its rights follow
 */
export function createAccounts(
  of: Workloads,
  watched: pulumi.Input<string>[],
  metrics: string[],
  parent: pulumi.Resource,
): void {
  const pods: Rule = { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] };
  createRights(
    of.prometheus,
    {
      within: { namespaces: [...watched, of.nodeExporter.namespace], rules: [pods] },
      // Metrics only: `nodes/proxy` would also let it run commands in every pod.
      clusterWide: [
        { ...pods, resources: ["nodes"] },
        { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
      ],
    },
    parent,
  );
  const kinds = reportedKinds(metrics);
  const rules = reading(kinds.filter(({ clusterScoped }) => !clusterScoped));
  const clusterWide = reading(kinds.filter(({ clusterScoped }) => clusterScoped));
  createRights(of.kubeStateMetrics, { within: { namespaces: watched, rules }, clusterWide }, parent);
  createAccount(of.alertmanager, parent);
  createAccount(of.nodeExporter, parent);
}

/** Who reaches whom. */
export function monitoringEdges(
  of: Workloads,
  { clients = [], webhook, receiver, outside }: MonitoringArgs,
  observed: Observability[],
): Record<keyof typeof NAMES, Edges> {
  const from = (callers: Peer[], port: number) => callers.map((caller) => ({ from: caller, ports: [port] }));
  const gossip = { ports: [PORTS.gossip], udp: [PORTS.gossip] };
  const alerts = receiverEdges(webhook, receiver);
  return {
    prometheus: {
      ingress: from([...clients, of.prometheus], PORTS.prometheus),
      egress: [
        ...observed.flatMap(({ scrape }) => scrape.map(({ peer, port }) => ({ ...peer, ports: [port] }))),
        { ...of.alertmanager, ports: [PORTS.alertmanager] },
      ],
      dns: false,
      apiServer: true,
      nodes: [PORTS.kubelet],
      outside,
    },
    alertmanager: {
      ingress: [...from([...clients, of.prometheus], PORTS.alertmanager), { from: of.alertmanager, ...gossip }],
      egress: [{ ...of.alertmanager, ...gossip }, ...alerts.egress],
      outside: alerts.outside,
    },
    nodeExporter: { ingress: from([of.prometheus], PORTS.nodeExporter), dns: false },
    kubeStateMetrics: { ingress: from([of.prometheus], PORTS.kubeStateMetrics), dns: false, apiServer: true },
  };
}

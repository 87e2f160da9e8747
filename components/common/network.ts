import type * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import type { Labels } from "./labels";
import { outsideAnnotation, outsideRules, type OutsideEdge } from "./outside";

type NetworkPolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;
type Rule = k8s.types.input.networking.v1.NetworkPolicyIngressRule &
  k8s.types.input.networking.v1.NetworkPolicyEgressRule;

/** A workload as NetworkPolicies see it: who it is, whether as caller or as called. */
export interface Peer {
  /** Namespace of the pods. */
  namespace: pulumi.Input<string>;
  /** Labels that all of the pods have. */
  labels: Labels;
}

/** A workload that others may call: a peer and the container ports it answers on. */
export interface Endpoint extends Peer {
  /** TCP container ports (not Service ports: policies act on pods). */
  ports: number[];
  /** UDP container ports. @default none */
  udp?: number[];
}

/** An edge that comes in: a caller and the container ports it may reach. */
interface IngressEdge {
  /** Who calls; `"anywhere"` is for the entry of the whole stack only. */
  from: Peer | "anywhere";
  /** TCP container ports of the pods the policy protects. */
  ports: number[];
  /** UDP container ports of theirs. @default none */
  udp?: number[];
}

/** Ports the Kubernetes API answers on; its address is unknown at a preview without a cluster. */
const API_SERVER_PORTS = [443, 6443];

function peerSelector(peer: Peer): k8s.types.input.networking.v1.NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": peer.namespace } },
    podSelector: { matchLabels: peer.labels },
  };
}

function portsOf({
  ports,
  udp = [],
}: {
  ports: number[];
  udp?: number[];
}): k8s.types.input.networking.v1.NetworkPolicyPort[] {
  return [...ports.map((port) => ({ protocol: "TCP", port })), ...udp.map((port) => ({ protocol: "UDP", port }))];
}

/** Cluster DNS over UDP and TCP, in `kube-system` and nowhere else. */
const dnsEgress: Rule = {
  to: [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
  ],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

/** Edges of one workload. */
export interface Edges {
  /** Who may come in. @default nobody */
  ingress?: IngressEdge[];
  /** Pods that it may call. @default none */
  egress?: Endpoint[];
  /** Whether it may ask the cluster's DNS even where no edge to the outside is a name. @default true */
  dns?: boolean;
  /** Whether it may call the Kubernetes API. @default false */
  apiServer?: boolean;
  /** TCP ports of the nodes, which are no pods and whose addresses nobody knows here: a kubelet's. @default none */
  nodes?: number[];
  /** What it may call outside of the cluster. @default nothing */
  outside?: OutsideEdge[] | undefined;
}

function policySpec(labels: Labels, edges: Edges): NetworkPolicySpec {
  const ingress = (edges.ingress ?? []).map((edge) => ({
    ...(edge.from === "anywhere" ? {} : { from: [peerSelector(edge.from)] }),
    ports: portsOf(edge),
  }));
  const egress: Rule[] = (edges.egress ?? []).map((endpoint) => ({
    to: [peerSelector(endpoint)],
    ports: portsOf(endpoint),
  }));
  if ((edges.dns ?? true) || edges.outside?.some(({ cidr }) => cidr === undefined)) egress.push(dnsEgress);
  if (edges.apiServer ?? false) egress.push({ ports: portsOf({ ports: API_SERVER_PORTS }) });
  if (edges.nodes?.length) egress.push({ ports: portsOf({ ports: edges.nodes }) });
  egress.push(...outsideRules(edges.outside ?? []));
  return { podSelector: { matchLabels: labels }, policyTypes: ["Ingress", "Egress"], ingress, egress };
}

/**
 * The policy of one workload: everything is denied in both directions except the named edges.
 *
 * @param metadata of the policy; the edges to the outside are named in an annotation beside it
 * @param labels selector of the pods it protects
 * @throws Error for an outside edge that names nobody, or everybody
 */
export function networkPolicy(
  metadata: { name: pulumi.Input<string>; namespace: pulumi.Input<string>; labels: Labels },
  labels: Labels,
  edges: Edges,
): k8s.networking.v1.NetworkPolicyArgs {
  const annotations = outsideAnnotation(edges.outside ?? []);
  const named = Object.keys(annotations).length > 0 && { annotations };
  return { metadata: { ...metadata, ...named }, spec: policySpec(labels, edges) };
}

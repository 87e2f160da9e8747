import type * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import type { Labels } from "./labels";

type NetworkPolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;
type Rule = k8s.types.input.networking.v1.NetworkPolicyIngressRule & k8s.types.input.networking.v1.NetworkPolicyEgressRule;

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
export interface IngressEdge {
  /** Who calls; `"anywhere"` is for the entry of the whole stack only. */
  from: Peer | "anywhere";
  /** TCP container ports of the pods the policy protects. */
  ports: number[];
  /** UDP container ports of theirs. @default none */
  udp?: number[];
}

/** Ports the Kubernetes API answers on; its address is unknown at a preview without a cluster. */
export const API_SERVER_PORTS = [443, 6443];

function peerSelector(peer: Peer): k8s.types.input.networking.v1.NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": peer.namespace } },
    podSelector: { matchLabels: peer.labels },
  };
}

function portsOf({ ports, udp = [] }: { ports: number[]; udp?: number[] }): k8s.types.input.networking.v1.NetworkPolicyPort[] {
  return [...ports.map((port) => ({ protocol: "TCP", port })), ...udp.map((port) => ({ protocol: "UDP", port }))];
}

/** Cluster DNS over UDP and TCP, in `kube-system` and nowhere else. */
const dnsEgress: Rule = {
  to: [{
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
    podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
  }],
  ports: [{ protocol: "UDP", port: 53 }, { protocol: "TCP", port: 53 }],
};

/**
 * The policy of one workload: everything is denied in both directions except the named edges.
 *
 * @param labels selector of the pods it protects
 * @param edges `ingress`: who may come in; `egress`: what it may call; `dns`: name resolution (default true);
 *   `apiServer`: the Kubernetes API (default false); `outside`: TCP ports it may reach anywhere, for what is no pod and has no
 *   address that is known here, such as a kubelet or somebody's webhook (default none)
 */
export function networkPolicySpec(
  labels: Labels,
  edges: { ingress?: IngressEdge[]; egress?: Endpoint[]; dns?: boolean; apiServer?: boolean; outside?: number[] },
): NetworkPolicySpec {
  const ingress = (edges.ingress ?? []).map((edge) => ({
    ...(edge.from === "anywhere" ? {} : { from: [peerSelector(edge.from)] }),
    ports: portsOf(edge),
  }));
  const egress: Rule[] = (edges.egress ?? []).map((endpoint) => ({ to: [peerSelector(endpoint)], ports: portsOf(endpoint) }));
  if (edges.dns ?? true) egress.push(dnsEgress);
  if (edges.apiServer ?? false) egress.push({ ports: portsOf({ ports: API_SERVER_PORTS }) });
  if (edges.outside?.length) egress.push({ ports: portsOf({ ports: edges.outside }) });
  return { podSelector: { matchLabels: labels }, policyTypes: ["Ingress", "Egress"], ingress, egress };
}

import { isWide, leavesOutPrivate } from "../../config/addresses";
import { labelsPods } from "./accounts";
import type { Graph } from "./graph";
import { remembered } from "./memo";
import type { KubeObject } from "./object";
import { selects } from "./selector";
import type { NetworkPeer, NetworkPolicySpec, NetworkPort, ServiceSpec } from "./types";
import type { Workload } from "./workload";

/** Label that Kubernetes itself puts on every namespace. */
const NAMESPACE_NAME = "kubernetes.io/metadata.name";

/** Directions in which a NetworkPolicy can isolate pods. */
type Direction = "Ingress" | "Egress";

/** A NetworkPolicy's spec. */
export const policySpec = (policy: KubeObject): NetworkPolicySpec => policy.spec<NetworkPolicySpec>();

/**
 * Whether a policy isolates in a direction; without `policyTypes` the API takes Ingress, and Egress if there are egress
 * rules.
 */
export function isolates(policy: KubeObject, direction: Direction): boolean {
  const { policyTypes, egress } = policySpec(policy);
  return policyTypes ? policyTypes.includes(direction) : direction === "Ingress" || (egress?.length ?? 0) > 0;
}

/** NetworkPolicies that select a workload's pods. */
export const policiesOf = remembered((workload: Workload, graph: Graph): KubeObject[] =>
  graph
    .ofKind("NetworkPolicy")
    .filter(
      (policy) =>
        policy.namespace === workload.namespace && selects(policySpec(policy).podSelector ?? {}, workload.podLabels),
    ),
);

/** Whether a peer of a policy means pods, and not a range of addresses. */
export const meansPods = (peer: NetworkPeer): boolean => !peer.ipBlock;

/** Whether a peer means everybody, or so many that it names nobody. */
export function meansEverybody({ ipBlock }: NetworkPeer): boolean {
  return ipBlock !== undefined && isWide(ipBlock.cidr ?? "");
}

/** Whether a peer, written in a policy of a namespace, includes a workload's pods. */
export function includes(peer: NetworkPeer, policyNamespace: string, workload: Workload, graph: Graph): boolean {
  if (peer.ipBlock) return meansEverybody(peer) && !leavesOutPrivate({ cidr: "", ...peer.ipBlock });
  const namespaceFits =
    peer.namespaceSelector === undefined
      ? workload.namespace === policyNamespace
      : selects(peer.namespaceSelector, {
          ...graph.find("Namespace", "", workload.namespace)?.labels,
          [NAMESPACE_NAME]: workload.namespace,
        });
  return namespaceFits && selects(peer.podSelector ?? {}, workload.podLabels);
}

/**
 * The number of a port that may be written as a container port's name; undefined if no container declares that name.
 */
export function portNumber(port: number | string, workload: Workload): number | undefined {
  if (typeof port === "number") return port;
  const named = workload
    .containers()
    .flatMap(({ spec }) => spec.ports ?? [])
    .find(({ name }) => name === port);
  return named?.containerPort ?? (/^\d+$/.test(port) ? Number(port) : undefined);
}

/** Ports that any of a workload's containers declares. */
export function declaredPorts(workload: Workload): number[] {
  return workload.containers().flatMap(({ spec }) => (spec.ports ?? []).map(({ containerPort }) => containerPort!));
}

function covers(ports: NetworkPort[] | undefined, wanted: number, target: Workload): boolean {
  if (!ports || ports.length === 0) return true;
  return ports.some(({ port, endPort }) => {
    if (port === undefined) return true;
    const first = portNumber(port, target);
    return first !== undefined && first <= wanted && wanted <= (endPort ?? first);
  });
}

/** Whether the policies of `to` let pods of `from` in on a port. A workload without policies lets everybody in. */
export function admits(to: Workload, from: Workload, port: number, graph: Graph): boolean {
  const isolating = policiesOf(to, graph).filter((policy) => isolates(policy, "Ingress"));
  return (
    isolating.length === 0 ||
    isolating.some((policy) =>
      (policySpec(policy).ingress ?? []).some(
        (rule) =>
          covers(rule.ports, port, to) &&
          (!rule.from?.length || rule.from.some((peer) => includes(peer, policy.namespace, from, graph))),
      ),
    )
  );
}

/** Whether the policies of `from` let its pods call `to` on a port. A workload without policies may call everybody. */
export function mayCall(from: Workload, to: Workload, port: number, graph: Graph): boolean {
  const isolating = policiesOf(from, graph).filter((policy) => isolates(policy, "Egress"));
  return (
    isolating.length === 0 ||
    isolating.some((policy) =>
      (policySpec(policy).egress ?? []).some(
        (rule) =>
          covers(rule.ports, port, to) &&
          (!rule.to?.length || rule.to.some((peer) => includes(peer, policy.namespace, to, graph))),
      ),
    )
  );
}

/** Workloads that the egress rules of a workload's policies name as peers. */
export const namedCallees = remembered((from: Workload, graph: Graph): Workload[] => {
  const peers = policiesOf(from, graph).flatMap((policy) =>
    (policySpec(policy).egress ?? []).flatMap((rule) =>
      (rule.to ?? []).filter(meansPods).map((peer) => ({ peer, namespace: policy.namespace })),
    ),
  );
  return graph.workloads.filter((candidate) =>
    peers.some(({ peer, namespace }) => includes(peer, namespace, candidate, graph)),
  );
});

/** Whether a Service can be reached from outside the cluster. */
export function isExposed(service: KubeObject): boolean {
  const { type, externalIPs } = service.spec<ServiceSpec>();
  return type === "NodePort" || type === "LoadBalancer" || (externalIPs?.length ?? 0) > 0;
}

/** Services whose selector picks a workload's pods. */
export function servicesOf(workload: Workload, graph: Graph): KubeObject[] {
  return graph
    .ofKind("Service")
    .filter((service) => service.namespace === workload.namespace && targetsOf(service, graph).includes(workload));
}

/** Labels that only a running pod has, put there by Kubernetes' own controllers. */
const RUNTIME_LABELS = [
  "statefulset.kubernetes.io/pod-name",
  "apps.kubernetes.io/pod-index",
  "pod-template-hash",
  "controller-revision-hash",
];

/**
 * Workloads whose pods a Service's selector picks, sooner or later: labels that only a running pod has are left aside,
 * those of Kubernetes' controllers and those that the pods may put on themselves (a member's role).
 */
export const targetsOf = remembered((service: KubeObject, graph: Graph): Workload[] => {
  const selector = service.spec<ServiceSpec>().selector ?? {};
  const keys = Object.keys(selector).filter((key) => !RUNTIME_LABELS.includes(key));
  if (keys.length === 0) return [];
  return graph.workloads.filter((candidate) => {
    if (candidate.namespace !== service.namespace) return false;
    const labels = candidate.podLabels;
    const different = keys.filter((key) => labels[key] !== selector[key]);
    return (
      different.length === 0 ||
      (different.length < keys.length &&
        different.every((key) => !Object.hasOwn(labels, key)) &&
        labelsPods(candidate, graph))
    );
  });
});

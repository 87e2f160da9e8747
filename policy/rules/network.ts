import { OUTSIDE_ANNOTATION } from "../../config/addresses";
import { eachObject, eachWorkload } from "../engine/checks";
import { listSetting, type Rule } from "../engine/rule";
import { carriesToken } from "../graph/accounts";
import type { Graph } from "../graph/graph";
import {
  declaredPorts,
  isExposed,
  isolates,
  meansEverybody,
  meansPods,
  includes,
  policiesOf,
  policySpec,
  portNumber,
  targetsOf,
} from "../graph/network";
import type { KubeObject } from "../graph/object";
import { isNamed, isOpen, outsideNames } from "../graph/outside";
import type { NetworkPeer, NetworkPolicySpec, ServiceSpec } from "../graph/types";
import type { Workload } from "../graph/workload";

/** Workloads that a policy protects. */
function protectedBy(policy: KubeObject, graph: Graph): Workload[] {
  return graph.selected(policySpec(policy).podSelector ?? {}, policy.namespace);
}

/** Whether traffic from outside the cluster is meant to arrive at a workload. */
function isEntry(workload: Workload, graph: Graph): boolean {
  return graph.ofKind("Service").some((service) => isExposed(service) && targetsOf(service, graph).includes(workload));
}

/**
 * A peer that should be somewhere in this graph and is not: it names labels in a namespace whose workloads are declared
 * here.
 */
function isDangling(peer: NetworkPeer, policy: KubeObject, graph: Graph): boolean {
  if (
    !meansPods(peer) ||
    !peer.podSelector ||
    graph.workloads.some((workload) => includes(peer, policy.namespace, workload, graph))
  )
    return false;
  const named = peer.namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"];
  const namespace = peer.namespaceSelector === undefined ? policy.namespace : named;
  return namespace !== undefined && graph.workloads.some((workload) => workload.namespace === namespace);
}

function* danglingPeers(
  { ingress = [], egress = [] }: NetworkPolicySpec,
  policy: KubeObject,
  graph: Graph,
): Iterable<string> {
  for (const [key, rules] of [
    ["ingress", ingress.map(({ from }) => from)],
    ["egress", egress.map(({ to }) => to)],
  ] as const) {
    for (const [index, peers] of rules.entries()) {
      if (peers?.some((peer) => isDangling(peer, policy, graph)))
        yield `spec.${key}[${index}] names pods that nothing here makes`;
    }
  }
}

/** What is wrong with the ways that a policy opens out of the cluster. */
function* openEgress(policy: KubeObject, pods: Workload[], graph: Graph): Iterable<string> {
  const { egress = [] } = policySpec(policy);
  const stated = outsideNames(policy);
  const where = `metadata.annotations[${OUTSIDE_ANNOTATION}]`;
  if (stated === undefined) yield `${where} is no JSON list of { host or cidr, port, why }`;
  const names = stated ?? [];
  for (const [index, rule] of egress.entries()) {
    const { to = [], ports } = rule;
    const everybody = !to.length || to.some(meansEverybody);
    const callsApi =
      (ports?.length ?? 0) > 0 && pods.length > 0 && pods.every((workload) => carriesToken(workload, graph));
    if (to.length && isNamed(rule, names)) continue;
    if (everybody && !callsApi) yield `spec.egress[${index}] lets it call anybody`;
    else if (names.length > 0 && to.some(({ ipBlock }) => ipBlock))
      yield `spec.egress[${index}] opens addresses or ports that ${where} does not name`;
  }
  for (const [index, name] of names.entries()) {
    if (!isOpen(name, egress)) yield `${where} names [${index}], which no rule of spec.egress opens`;
  }
}

/** Who may talk to whom, and what can be reached from outside. */
export const networkRules: Rule[] = [
  {
    id: "pods-isolated",
    title: "Every pod is behind NetworkPolicies in both directions",
    why: "Without one every pod of the cluster can reach the database, and a broken-into pod can reach the Internet.",
    fix: "Add a NetworkPolicy with `policyTypes: [Ingress, Egress]` that selects the pods and lists what they need.",
    scope: "graph",
    checks: eachWorkload(function* (workload, graph): Iterable<string> {
      const policies = policiesOf(workload, graph);
      for (const direction of ["Ingress", "Egress"] as const) {
        if (!policies.some((policy) => isolates(policy, direction)))
          yield `no NetworkPolicy restricts its ${direction.toLowerCase()}`;
      }
    }),
  },
  {
    id: "policy-matches-pods",
    title: "NetworkPolicies select, and name as peers, pods that exist",
    why: "A label mistyped in a policy denies what was to be allowed, or protects nothing, and nothing says so.",
    fix: "Use the labels of the pod template that is meant.",
    scope: "graph",
    checks: eachObject(["NetworkPolicy"], function* (policy, graph): Iterable<string> {
      const selector = policySpec(policy).podSelector ?? {};
      const everyPod = !Object.keys(selector.matchLabels ?? {}).length && !selector.matchExpressions?.length;
      if (!everyPod && protectedBy(policy, graph).length === 0)
        yield "spec.podSelector selects no pod that is declared here";
      yield* danglingPeers(policySpec(policy), policy, graph);
    }),
  },
  {
    id: "no-open-edge",
    title:
      "Only the entry lets everybody in, and the outside is called by name; pods with an API token may call a " +
      "port anywhere",
    why: "A rule without peers is the whole cluster and the Internet; one such rule undoes all others of the pod.",
    fix:
      "Name the peers with `from` or `to`; name an outside service by host or range, port and reason in the " +
      "annotation `holdfast.dev/outside` " +
      "(a component's `outside`), and for a host leave out the private ranges; expose what outsiders are meant " +
      "to reach.",
    prevents: ["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
    scope: "graph",
    checks: eachObject(["NetworkPolicy"], function* (policy, graph): Iterable<string> {
      const pods = protectedBy(policy, graph);
      const { ingress = [] } = policySpec(policy);
      for (const [index, { from }] of ingress.entries()) {
        const open = !from?.length || from.some(meansEverybody);
        if (open && !pods.some((workload) => isEntry(workload, graph)))
          yield `spec.ingress[${index}] lets everybody in`;
      }
      yield* openEgress(policy, pods, graph);
    }),
  },
  {
    id: "service-reaches-pods",
    title: "Services select pods that exist, on ports that they declare",
    why:
      "A Service without endpoints, or with a port nobody listens on, refuses every connection, and nothing but " +
      "its callers notices.",
    fix:
      "Make `selector` the pods' labels and `targetPort` one of their container ports; a Service whose endpoints " +
      "somebody else keeps has no selector.",
    scope: "graph",
    checks: eachObject(["Service"], function* (service, graph): Iterable<string> {
      const { selector, ports = [], type } = service.spec<ServiceSpec>();
      if (type === "ExternalName" || !selector || Object.keys(selector).length === 0) return;
      const targets = targetsOf(service, graph);
      if (targets.length === 0) yield "spec.selector selects no pod that is declared here";
      for (const [index, { port, targetPort = port! }] of ports.entries()) {
        const silent =
          targets.length > 0 &&
          !targets.some((target) => {
            const wanted = portNumber(targetPort, target);
            return wanted !== undefined && declaredPorts(target).includes(wanted);
          });
        if (silent) yield `spec.ports[${index}] leads to a port that no selected pod declares`;
      }
    }),
  },
  {
    id: "no-private-port-exposed",
    title: "Databases, caches and metrics are not reachable from outside",
    why: "An exposed Redis or Postgres is found by scanners within minutes, and ransomed.",
    fix: "Use `type: ClusterIP`; reach it with `kubectl port-forward`.",
    prevents: ["https://nvd.nist.gov/vuln/detail/CVE-2022-0543"],
    scope: "graph",
    settings: {
      privatePorts: {
        type: "array",
        items: { type: "integer" },
        description: "Container ports that no exposed Service may lead to.",
        default: [2379, 3306, 5432, 6379, 6432, 8008, 9090, 9093, 9100, 9121, 9127, 9187, 9200, 11211, 26379, 27017],
      },
    },
    checks: eachObject(["Service"], function* (service, graph, settings): Iterable<string> {
      if (!isExposed(service)) return;
      for (const [index, { port, targetPort = port! }] of (service.spec<ServiceSpec>().ports ?? []).entries()) {
        const numbers = targetsOf(service, graph)
          .map((target) => portNumber(targetPort, target))
          .concat(typeof targetPort === "number" ? targetPort : []);
        if (
          numbers.some(
            (number) => number !== undefined && listSetting<number>(settings, "privatePorts").includes(number),
          )
        )
          yield `spec.ports[${index}] exposes a private port`;
      }
    }),
  },
  {
    id: "exposed-service-local",
    title: "Outside traffic enters only at nodes that have a healthy pod",
    why:
      "With the default policy any node forwards to any pod, for about 50 s also to pods of a node that just died; " +
      "and the client's address is lost.",
    fix: "Set `externalTrafficPolicy: Local` on NodePort and LoadBalancer Services.",
    advisoryIn: ["dev"],
    scope: "object",
    checks: eachObject(["Service"], (service) =>
      isExposed(service) && service.spec<ServiceSpec>().externalTrafficPolicy !== "Local"
        ? "spec.externalTrafficPolicy is not Local"
        : undefined,
    ),
  },
  {
    id: "no-external-ips",
    title: "Services claim no external addresses",
    why: "`externalIPs` takes over traffic to any address in the whole cluster (CVE-2020-8554, not to be fixed).",
    fix: "Use a LoadBalancer Service.",
    prevents: ["https://github.com/kubernetes/kubernetes/issues/97076"],
    scope: "object",
    checks: eachObject(["Service"], (service) =>
      service.spec<ServiceSpec>().externalIPs?.length ? "spec.externalIPs is set" : undefined,
    ),
  },
];

import { type Answer, check, eachObject, eachWorkload } from "../engine/checks";
import type { Rule } from "../engine/rule";
import { carriesToken } from "../graph/accounts";
import type { Graph } from "../graph/graph";
import {
  admits,
  declaredPorts,
  includes,
  isolates,
  mayCall,
  meansPods,
  namedCallees,
  policiesOf,
  policySpec,
  portNumber,
  targetsOf,
} from "../graph/network";
import type { KubeObject } from "../graph/object";
import { addressOf, configMapNames, referencedServices } from "../graph/references";
import { selects } from "../graph/selector";
import type { BudgetSpec, NetworkPeer, NetworkPort, ServiceSpec } from "../graph/types";
import type { Workload } from "../graph/workload";

/** Numbers of the ports that a rule of a policy opens on a workload; all that it declares where the rule names none. */
function opened(ports: NetworkPort[] | undefined, target: Workload): number[] {
  if (!ports?.length) return declaredPorts(target);
  return ports.flatMap(({ port, protocol = "TCP" }) =>
    port === undefined || protocol !== "TCP" ? [] : (portNumber(port, target) ?? []),
  );
}

/** Edges of one direction of a policy that the other side's policies refuse. */
function* halfEdges(policy: KubeObject, graph: Graph): Iterable<string> {
  const own = graph.selected(policySpec(policy).podSelector ?? {}, policy.namespace);
  const others = (peers: NetworkPeer[] | undefined): Workload[] =>
    graph.workloads.filter((workload) =>
      (peers ?? []).some((peer) => meansPods(peer) && includes(peer, policy.namespace, workload, graph)),
    );
  for (const [index, { from, ports }] of (policySpec(policy).ingress ?? []).entries()) {
    const refused = others(from).find((caller) =>
      own.some((target) => opened(ports, target).some((port) => !mayCall(caller, target, port, graph))),
    );
    if (refused)
      yield `spec.ingress[${index}] lets in ${refused.object.resource.name}, whose own policies do not let it call`;
  }
  for (const [index, { to, ports }] of (policySpec(policy).egress ?? []).entries()) {
    const refused = others(to).find((target) =>
      own.some((caller) => opened(ports, target).some((port) => !admits(target, caller, port, graph))),
    );
    if (refused)
      yield `spec.egress[${index}] lets it call ${refused.object.resource.name}, whose own policies do not let it in`;
  }
}

/** Ports of a target that a Service leads to; a headless one leads to the pod itself, so to any port. */
function portsBehind(service: KubeObject, target: Workload): number[] {
  const { ports = [] } = service.spec<ServiceSpec>();
  if (addressOf(service) === "None" || ports.length === 0) return declaredPorts(target);
  return ports.flatMap(({ port, targetPort = port! }) => portNumber(targetPort, target) ?? []);
}

/** Whether policies let a workload call every pod behind a Service, on one of its ports at least. */
function permitted(caller: Workload, service: KubeObject, graph: Graph): boolean {
  return targetsOf(service, graph).every(
    (target) =>
      target === caller ||
      portsBehind(service, target).some(
        (port) => mayCall(caller, target, port, graph) && admits(target, caller, port, graph),
      ),
  );
}

/**
 * Whether a workload may be told of a Service only because it shares a ConfigMap: with the very pods behind the
 * Service, which describe themselves in it, or, a job, with the service that it prepares, which does call.
 */
function onlyShared(workload: Workload, service: KubeObject, graph: Graph): boolean {
  const own = configMapNames(workload);
  const sharing = graph.workloads.filter(
    (other) => other !== workload && configMapNames(other).some((name) => own.includes(name)),
  );
  return (
    targetsOf(service, graph).every((target) => sharing.includes(target)) ||
    (!workload.longRunning &&
      sharing.some(
        (other) =>
          other.longRunning && referencedServices(other, graph).includes(service) && permitted(other, service, graph),
      ))
  );
}

/**
 * Workloads that a Service leads to. One without a selector leads to whoever has its labels: pods that write down
 * themselves which of them is meant, a primary for instance.
 */
function reachedBy(service: KubeObject, graph: Graph): Workload[] {
  if (Object.keys(service.spec<ServiceSpec>().selector ?? {}).length > 0) return targetsOf(service, graph);
  const labels = Object.keys(service.labels).length > 0 && { matchLabels: service.labels };
  return labels ? graph.selected(labels, service.namespace) : [];
}

/** Whether a workload has a way of knowing another: its configuration, the API, or somebody it talks to. */
function knows(caller: Workload, callee: Workload, graph: Graph): boolean {
  if (caller === callee || carriesToken(caller, graph)) return true;
  const told = (workload: Workload): Workload[] =>
    referencedServices(workload, graph).flatMap((service) => reachedBy(service, graph));
  const direct = told(caller);
  return (
    direct.includes(callee) ||
    direct.some((between) => told(between).includes(callee) || told(callee).includes(between))
  );
}

/** Whether the pods of another workload could be taken for a controller's own. */
function strangers({ selector, object }: Workload, graph: Graph): Workload[] {
  return graph.selected(selector, object.namespace).filter((workload) => workload.object !== object);
}

/** Whether what is declared in several places agrees. */
export const wiringRules: Rule[] = [
  {
    id: "edges-meet",
    title: "Every edge of a NetworkPolicy is open at both ends",
    why:
      "An edge that only the caller's or only the callee's policy has is a connection that times out, or a door " +
      "left open for a caller that left.",
    fix: "Add the missing half to the other workload's policy, or remove this one.",
    prevents: ["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
    scope: "graph",
    checks: eachObject(["NetworkPolicy"], (policy, graph) => halfEdges(policy, graph)),
  },
  {
    id: "wiring-permitted",
    title: "What a workload is told to call, its policies and the callee's let it call",
    why: "A Service handed over by name or address but not opened in the policies is found at run time, as a timeout.",
    fix: "Open the Service's target port in the caller's egress and the callee's ingress.",
    prevents: ["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
    scope: "graph",
    checks: eachWorkload(function* (workload, graph): Iterable<string> {
      for (const service of referencedServices(workload, graph)) {
        if (!permitted(workload, service, graph) && !onlyShared(workload, service, graph))
          yield `is told to call ${service.resource.name}, but NetworkPolicies stop it`;
      }
    }),
  },
  {
    id: "edges-used",
    title: "No NetworkPolicy opens an edge that nothing uses",
    why:
      "What a broken-into pod can reach is the sum of its edges; one to a service it was never told about serves " +
      "nobody else.",
    fix: "Remove the edge, or hand the callee's address to the caller.",
    prevents: [
      "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF",
    ],
    advisoryIn: ["dev"],
    scope: "graph",
    checks: eachWorkload((workload, graph): Answer => {
      if (policiesOf(workload, graph).every((policy) => !isolates(policy, "Egress"))) return undefined;
      const unknown = namedCallees(workload, graph).find(
        (callee) => callee.longRunning && !knows(workload, callee, graph),
      );
      return unknown ? `may call ${unknown.object.resource.name}, of which its configuration says nothing` : undefined;
    }),
  },
  {
    id: "no-strangers",
    title: "Selectors pick the pods of one workload",
    why:
      "A Job's finished pod that a Service, a budget or an autoscaler counts takes requests, blocks drains and " +
      "stops scaling.",
    fix: "Give each workload a label of its own and select by it.",
    prevents: [
      "https://github.com/kubernetes/kubernetes/issues/78761",
      "https://github.com/kubernetes/kubernetes/issues/116339",
    ],
    scope: "graph",
    *checks(graph) {
      for (const workload of graph.workloads.filter(({ replicated, kind }) => replicated || kind === "DaemonSet")) {
        yield check(workload.object.resource, () => {
          const found = strangers(workload, graph)[0];
          return found ? `spec.selector also picks the pods of ${found.object.resource.name}` : undefined;
        });
      }
      for (const object of [...graph.ofKind("Service"), ...graph.ofKind("PodDisruptionBudget")]) {
        yield check(object.resource, () => {
          const picked =
            object.kind === "Service"
              ? targetsOf(object, graph)
              : graph.selected(object.spec<BudgetSpec>().selector, object.namespace);
          const ending = picked.find(({ longRunning }) => !longRunning);
          if (ending) return `spec.selector also picks the pods of ${ending.object.resource.name}, which end`;
          return object.kind === "PodDisruptionBudget" && picked.length > 1
            ? "spec.selector picks the pods of several workloads"
            : undefined;
        });
      }
    },
  },
  {
    id: "references-exist",
    title: "ConfigMaps and accounts that pods name are declared",
    why:
      "A pod that names a ConfigMap which is not there waits in ContainerCreating; one that names no account of " +
      "this namespace is never made.",
    fix: "Declare it, correct the name, or mark the reference `optional`.",
    scope: "graph",
    checks: eachWorkload(function* (workload, graph): Iterable<string> {
      const { podSpec, podPath, namespace } = workload;
      const optional = new Set(
        (podSpec.volumes ?? [])
          .flatMap((volume) => [
            volume.configMap,
            ...(volume.projected?.sources ?? []).map((source) => source.configMap),
          ])
          .filter((reference) => reference?.optional)
          .map((reference) => reference!.name),
      );
      const envOptional = workload
        .containers()
        .flatMap(({ spec }) => [
          ...(spec.envFrom ?? []).map((source) => source.configMapRef),
          ...(spec.env ?? []).map((variable) => variable.valueFrom?.configMapKeyRef),
        ])
        .filter((reference) => reference?.optional)
        .map((reference) => reference!.name);
      const missing = configMapNames(workload).some(
        (name) =>
          name !== "kube-root-ca.crt" &&
          !optional.has(name) &&
          !envOptional.includes(name) &&
          !graph.find("ConfigMap", namespace, name),
      );
      if (missing) yield `${podPath} names a ConfigMap that is not declared here`;
      const account = podSpec.serviceAccountName ?? "default";
      if (account !== "default" && !graph.find("ServiceAccount", namespace, account))
        yield `${podPath}.serviceAccountName is not declared here`;
    }),
  },
  {
    id: "statefulset-has-service",
    title: "StatefulSets name a Service that is declared",
    why:
      "The names of its pods come from that Service; without it members that look for each other by name never " +
      "meet.",
    fix: "Declare the Service (headless, for names of pods) and put its name into `spec.serviceName`.",
    scope: "graph",
    checks: eachObject(["StatefulSet"], (statefulSet, graph): Answer => {
      const { serviceName } = statefulSet.spec<{ serviceName?: string }>();
      const service = graph.find("Service", statefulSet.namespace, serviceName ?? "");
      if (!service) return "spec.serviceName names no Service that is declared here";
      const { template } = statefulSet.spec<{ template?: { metadata?: { labels?: Record<string, string> } } }>();
      return selects({ matchLabels: service.spec<ServiceSpec>().selector ?? {} }, template?.metadata?.labels ?? {})
        ? undefined
        : "spec.serviceName names a Service of other pods";
    }),
  },
];

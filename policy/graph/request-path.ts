import type { Graph } from "./graph";
import { perGraph } from "./memo";
import { isExposed, namedCallees, targetsOf } from "./network";
import { referencedServices } from "./references";
import type { Workload } from "./workload";

interface IngressSpec {
  defaultBackend?: { service?: { name?: string } };
  rules?: { http?: { paths?: { backend?: { service?: { name?: string } } }[] } }[];
}

function entries(graph: Graph): Workload[] {
  const backends = graph.ofKind("Ingress").flatMap((ingress) => {
    const { defaultBackend, rules = [] } = ingress.spec<IngressSpec>();
    const names = [
      defaultBackend,
      ...rules.flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend)),
    ].map((backend) => backend?.service?.name);
    return names.flatMap((name) => (name === undefined ? [] : (graph.find("Service", ingress.namespace, name) ?? [])));
  });
  const services = [...graph.ofKind("Service").filter(isExposed), ...backends];
  return services.flatMap((service) => targetsOf(service, graph));
}

/**
 * Whether a workload keeps data of its own: a request's path ends there; what it calls in turn (an archive) nobody
 * waits for.
 */
function keepsData(workload: Workload): boolean {
  return (workload.object.spec<{ volumeClaimTemplates?: unknown[] }>().volumeClaimTemplates ?? []).length > 0;
}

/**
 * Workloads that a request from outside passes through or waits for: those behind an exposed Service, and whatever they
 * call, as their NetworkPolicies and their configuration say. Where nothing is exposed, everything that a Service
 * selects.
 */
export const requestPath = perGraph((graph: Graph): Set<Workload> => {
  const found = new Set(entries(graph));
  if (found.size === 0) return new Set(graph.ofKind("Service").flatMap((service) => targetsOf(service, graph)));
  // A set yields what is added to it while it is walked.
  for (const workload of found) {
    if (keepsData(workload)) continue;
    const called = [
      ...namedCallees(workload, graph),
      ...referencedServices(workload, graph).flatMap((service) => targetsOf(service, graph)),
    ];
    for (const callee of called) if (callee.longRunning) found.add(callee);
  }
  return found;
});

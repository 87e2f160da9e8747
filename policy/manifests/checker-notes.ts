import type { Graph } from "../graph/graph";
import { targetsOf } from "../graph/network";
import type { KubeObject } from "../graph/object";
import { selects } from "../graph/selector";
import type { Probe, ServiceSpec } from "../graph/types";
import { evaluateRule } from "../engine/evaluate";
import { GENERAL_RULES } from "../rules/all";

/** kube-score's own annotation for checks that do not apply to an object. */
const IGNORE = "kube-score/ignore";

/** Whether one of our rules finds nothing wrong with an object. */
function keeps(id: string, object: KubeObject, graph: Graph): boolean {
  const rule = GENERAL_RULES.find((candidate) => candidate.id === id)!;
  return evaluateRule(rule, graph, { environment: "prod" }).every(({ resource }) => resource !== object.resource);
}

function sameQuestion(live: Probe | undefined, ready: Probe | undefined): boolean {
  return (
    JSON.stringify(live?.httpGet ?? live?.tcpSocket ?? live?.exec) ===
    JSON.stringify(ready?.httpGet ?? ready?.tcpSocket ?? ready?.exec)
  );
}

/**
 * Checks of kube-score that are wrong about an object, each only where a rule of ours that sees more has decided the
 * same question: a fixed image needs no pull at every start; a label that only a running pod has does select pods;
 * equal probes are harmless where liveness waits longer; a StatefulSet whose pods each have a Service of their own
 * needs no headless one.
 */
function answeredOtherwise(object: KubeObject, graph: Graph): string[] {
  const workload = graph.workloads.find((candidate) => candidate.object === object);
  if (object.kind === "Service") {
    const { selector = {} } = object.spec<ServiceSpec>();
    const unseen = targetsOf(object, graph).some((target) => !selects({ matchLabels: selector }, target.podLabels));
    return unseen ? ["service-targets-pod"] : [];
  }
  if (!workload) return [];
  const repeated = workload
    .containers()
    .some(({ spec }) => spec.livenessProbe && sameQuestion(spec.livenessProbe, spec.readinessProbe));
  return [
    ...(keeps("image-pinned", object, graph) ? ["container-image-pull-policy"] : []),
    ...(repeated && keeps("probes-differ", object, graph) ? ["pod-probes-identical"] : []),
    ...(object.kind === "StatefulSet" && keeps("statefulset-has-service", object, graph)
      ? ["statefulset-has-servicename"]
      : []),
  ];
}

/** Annotations that keep another checker from repeating what was decided here. */
export function checkerNotes(graph: Graph): Map<KubeObject["resource"], Record<string, string>> {
  return new Map(
    graph.objects.flatMap((object) => {
      const checks = answeredOtherwise(object, graph);
      return checks.length === 0 ? [] : [[object.resource, { [IGNORE]: checks.join(",") }] as const];
    }),
  );
}

import type { Graph } from "../graph/graph";
import type { KubeObject } from "../graph/object";
import { Undecided, type Resource } from "../graph/resource";
import type { Container, Workload } from "../graph/workload";
import type { Check, Rule, Settings } from "./rule";

/** What a test of one thing answers: nothing if all is well, else what is wrong. */
export type Answer = string | undefined | Iterable<string>;

/** A check of one resource by a function that may read unknown values. */
export function check(resource: Resource, test: () => Answer): Check {
  return {
    resource,
    *messages() {
      const answer = test();
      if (typeof answer === "string") yield answer;
      else if (answer) yield* answer;
    },
  };
}

/**
 * Lists what there is to check; if even that depends on an unknown value, one check that says so takes the list's
 * place.
 */
export function listed(resource: Resource, list: () => Check[]): Check[] {
  try {
    return list();
  } catch (error) {
    if (!(error instanceof Undecided)) throw error;
    return [
      check(resource, () => {
        throw error;
      }),
    ];
  }
}

/** Checks every object of some kinds. */
export function eachObject(
  kinds: string[],
  test: (object: KubeObject, graph: Graph, settings: Settings) => Answer,
): Rule["checks"] {
  return (graph, settings) =>
    graph.objects
      .filter((object) => kinds.includes(object.kind))
      .map((object) => check(object.resource, () => test(object, graph, settings)));
}

/** Checks every workload, of all kinds that make pods. */
export function eachWorkload(test: (workload: Workload, graph: Graph, settings: Settings) => Answer): Rule["checks"] {
  return (graph, settings) =>
    graph.workloads.map((found) => check(found.object.resource, () => test(found, graph, settings)));
}

/** Checks every workload whose pods somebody counts. */
export function eachReplicated(test: (workload: Workload, graph: Graph, settings: Settings) => Answer): Rule["checks"] {
  return (graph, settings) =>
    graph.workloads
      .filter(({ replicated }) => replicated)
      .map((found) => check(found.object.resource, () => test(found, graph, settings)));
}

/** Checks every container of every workload, each on its own: one unknown image hides nothing about its neighbour. */
export function eachContainer(
  test: (container: Container, workload: Workload, graph: Graph) => Answer,
): Rule["checks"] {
  return (graph) =>
    graph.workloads.flatMap((found) =>
      listed(found.object.resource, () =>
        found.containers().map((container) => check(found.object.resource, () => test(container, found, graph))),
      ),
    );
}

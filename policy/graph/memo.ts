import type { Graph } from "./graph";

/**
 * Remembers what was found out about each part of a graph: rules ask the same of the same hundred objects.
 * A question that could not be answered (`Undecided`) is asked anew.
 */
export function remembered<S extends object, T>(
  compute: (subject: S, graph: Graph) => T,
): (subject: S, graph: Graph) => T {
  const answers = new WeakMap<Graph, WeakMap<S, { value: T }>>();
  return (subject, graph) => {
    const known = answers.get(graph) ?? new WeakMap<S, { value: T }>();
    answers.set(graph, known);
    const answer = known.get(subject) ?? { value: compute(subject, graph) };
    known.set(subject, answer);
    return answer.value;
  };
}

/** The same for what is found out about a graph as a whole. */
export function perGraph<T>(compute: (graph: Graph) => T): (graph: Graph) => T {
  const answer = remembered((_whole: Graph, graph) => compute(graph));
  return (graph) => answer(graph, graph);
}

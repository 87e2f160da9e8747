import { podNamed, type ClusterState, type PodState } from "../../cluster/state";

/** How a component was found, in words that fit every component. */
export interface Found {
  /** Pod name of who leads; undefined where nobody does. */
  leader: string | undefined;
  /** Rises with every change of the leader; left out where the component does not count them. */
  timeline?: number;
  /** What is missing for it to be whole; one clause for each thing that is wrong. */
  missing: string[];
}

/** What the drills need to know of the stack, read once before a fault. */
export interface StackState extends ClusterState {
  /** How each component was found, by its name. */
  found: Record<string, Found>;
}

/** @throws Error where nobody leads that component; guards come before */
export function leaderOf(state: StackState, name: string): PodState {
  const leader = state.found[name]?.leader;
  if (leader === undefined) throw new Error(`nobody leads ${name}`);
  return podNamed(state, leader);
}

/**
 * What is missing for the stack to be whole: every node Ready, every pod ready, and each component whole.
 *
 * @returns one clause for each thing that is wrong; empty for a whole stack
 */
export function whatIsMissing({ nodes, pods, found }: StackState): string[] {
  return [
    ...nodes.filter(({ ready }) => !ready).map(({ name }) => `node ${name} is not Ready`),
    ...pods.filter(({ ready }) => !ready).map(({ name }) => `pod ${name} is not ready`),
    ...Object.values(found).flatMap(({ missing }) => missing),
  ];
}

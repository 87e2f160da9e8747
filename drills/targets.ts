import type { Drill, Plan } from "./drill";
import { nodeNamed, type NodeState, type PodState } from "../cluster/state";
import type { StackState } from "./stack/state";

/** What a fault on one pod does; whom it hits is filled in. */
export type Strike = Pick<Plan, "fault"> & Partial<Pick<Plan, "heal" | "prepare" | "nodes" | "clientNode" | "direct">>;

/** Makes a drill's plan of what is done to one pod. */
export type Aim = (strike: (state: StackState, pod: PodState, node: NodeState) => Strike) => Drill["plan"];

/** Aims at the pod that is found. */
export function aimAt(find: (state: StackState) => PodState): Aim {
  return (strike) => (state) => {
    const pod = find(state);
    return {
      target: `${pod.name} on ${pod.node}`,
      pods: [pod.name],
      nodes: [],
      heal: [],
      ...strike(state, pod, nodeNamed(state, pod.node)),
    };
  };
}

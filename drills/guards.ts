import { nodeNamed, type PodState } from "../cluster/state";
import type { StackState } from "./stack/state";

/** Looks before anything is touched. @returns the reason why a drill can't be run, as a clause after "because" */
export type Guard = (state: StackState) => string | undefined;

/** The first reason of several guards. */
export function all(...guards: Guard[]): Guard {
  return (state) => {
    for (const guard of guards) {
      const reason = guard(state);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
}

/** The control plane carries the published port and the API: with it gone the drill would measure something else. */
export function notOnControlPlane(what: string, find: (state: StackState) => PodState): Guard {
  return (state) =>
    nodeNamed(state, find(state).node).controlPlane
      ? `${what} runs on the control plane, whose loss is another drill; move it to a worker first`
      : undefined;
}

/** What is moved away comes back, and a node that a person has closed stays closed. */
export const nodesTakePods: Guard = (state) => {
  const closed = state.nodes.find((node) => node.cordoned);
  return closed && `node ${closed.name} takes no new pods; open it first (\`kubectl uncordon ${closed.name}\`)`;
};

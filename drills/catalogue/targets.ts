import type { Drill, Plan } from "../drill";
import { nodeNamed, type NodeState, type PodState } from "../../cluster/state";
import { postgresPrimary, redisPrimary, type StackState } from "../stack/state";

/** What a fault on one pod does; whom it hits is filled in. */
export type Strike = Pick<Plan, "fault"> & Partial<Pick<Plan, "heal" | "prepare" | "nodes" | "clientNode" | "direct">>;

type Aim = (strike: (state: StackState, pod: PodState, node: NodeState) => Strike) => Drill["plan"];

function aimAt(find: (state: StackState) => PodState): Aim {
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

/** A fault at the database's primary. */
export const atPostgresPrimary: Aim = aimAt(postgresPrimary);

/** A fault at Redis' primary. */
export const atRedisPrimary: Aim = aimAt(redisPrimary);

/** The primary's own address, for a second writer that passes the pooler by. */
export function straightTo(primary: PodState): NonNullable<Plan["direct"]> {
  return { host: primary.address, port: 5432 };
}

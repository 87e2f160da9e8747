import { nodeNamed, podsOf, type PodState } from "../../../cluster/state";
import type { Drill } from "../../../drills/drill";
import { killNode } from "../../../drills/faults/node";
import type { StackState } from "../../../drills/stack/state";
import { rescue } from "./faults";
import { POSTGRES } from "../operations";
import { canLoseTwo, primaryOf } from "./subject";

/**
 * Seconds between the two nodes' ends. All that the first one acknowledged has reached the survivor by then, and what
 * came after was acknowledged by the survivor alone, so nothing can be missing from it. The sender to the first one has
 * not timed out yet (`walTimeout` is 5), so it still counts for the quorum, and without a person nobody is promoted.
 */
const BETWEEN_SECONDS = 2;

/** Seconds until the person comes: the guard has let the lock expire by then, and Patroni has found no quorum. */
const PERSON_SECONDS = 15;

/** The standby that is lost, one on a worker, and the member that is left. */
function lostAndLeft(state: StackState): { lost: PodState; left: PodState } {
  const primary = primaryOf(state);
  const standbys = podsOf(state, POSTGRES).filter(({ name }) => name !== primary.name);
  const lost = standbys.find(({ node }) => !nodeNamed(state, node).controlPlane)!;
  return { lost, left: standbys.find(({ name }) => name !== lost.name)! };
}

/** Members are lost for good, and a person has to choose. */
export const RESCUE_DRILLS: Drill[] = [
  {
    name: "postgres-two-lost",
    title:
      "The nodes of a standby and, two seconds later, of the primary lose their power; a person orders the last " +
      "member to lead, which has all that was acknowledged. Writes wait until another member is back.",
    needsNodeContainers: true,
    guard: canLoseTwo,
    plan: (state) => {
      const primary = primaryOf(state);
      const { lost, left } = lostAndLeft(state);
      const [first, second] = [killNode(nodeNamed(state, lost.node)), killNode(nodeNamed(state, primary.node))];
      return {
        target: `${lost.name} on ${lost.node}, ${primary.name} on ${primary.node}; ${left.name} is left`,
        pods: [lost.name, primary.name],
        nodes: [lost.node, primary.node],
        fault: [
          ...first.fault.map((command) => ({ ...command, thenWaitSeconds: BETWEEN_SECONDS })),
          ...second.fault.map((command) => ({ ...command, thenWaitSeconds: PERSON_SECONDS })),
          rescue(state, left),
        ],
        heal: [...first.heal, ...second.heal],
      };
    },
    // Long enough to see that the new primary acknowledges nothing while it is alone.
    hold: { atLeast: 60, atMost: 60 },
    expect: { wholeAgainSeconds: 300 },
  },
];

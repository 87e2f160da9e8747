import type { PodState } from "../../../cluster/state";
import { inPod, type Command } from "../../../drills/stack/command";
import type { StackState } from "../../../drills/stack/state";
import { CONTAINERS, hook } from "../operations";

/** Command line of the postmaster: Patroni starts it with the data directory, its children have titles of their own. */
export const POSTMASTER = "^[^ ]*postgres -D";

/** Command line of Patroni itself, a Python program. */
export const PATRONI = "^[^ ]*python3?[^ ]* -m holdfast\\.patroni( |$)";

/**
 * Has the leader hand its role over, as `npm run switchover` does it.
 *
 * @param candidate who is to have it. @default the best standby
 */
export function switchover(state: StackState, leader: PodState, candidate?: PodState): Command {
  return inPod(
    state.namespace,
    leader.name,
    CONTAINERS.agent,
    ...hook("switchover", ...(candidate ? [candidate.name] : [])),
  );
}

/** Who the drills say they are, to whom it is recorded. */
const DRILL = "drill";

/** Has a member lead without a quorum, as `npm run rescue` does it, for the state as it is at that moment. */
export function rescue(state: StackState, member: PodState): Command {
  return inPod(state.namespace, member.name, CONTAINERS.agent, ...hook("rescue", DRILL));
}

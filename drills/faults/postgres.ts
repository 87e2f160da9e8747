import type { Command } from "../stack/command";
import { inDatabasePod } from "../stack/database";
import type { PodState, StackState } from "../stack/state";

/** Command line of the postmaster: Patroni starts it with the data directory, its children have titles of their own. */
export const POSTMASTER = "^[^ ]*postgres -D";

/** Command line of Patroni itself, a Python program. */
export const PATRONI = "^[^ ]*python3?[^ ]* -m holdfast\\.patroni( |$)";

/** Container of the database's pods that Holdfast's own agent runs in. */
const AGENT_CONTAINER = "agent";

/** The program in both that asks the agent. */
const HOOK = "/opt/holdfast/hook.py";

/**
 * Has the leader hand its role over, as `npm run switchover` does it.
 *
 * @param candidate who is to have it. @default the best standby
 */
export function switchover(state: StackState, leader: PodState, candidate?: PodState): Command {
  return inDatabasePod(state.namespace, leader.name, AGENT_CONTAINER, "-S", HOOK, "switchover", ...(candidate ? [candidate.name] : []));
}

/** Who the drills say they are, to whom it is recorded. */
const DRILL = "drill";

/** Has a member lead without a quorum, as `npm run rescue` does it, for the state as it is at that moment. */
export function rescue(state: StackState, member: PodState): Command {
  return inDatabasePod(state.namespace, member.name, AGENT_CONTAINER, "-S", HOOK, "rescue", DRILL);
}

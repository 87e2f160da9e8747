import type { Command } from "../drill";
import type { PodState } from "../../cluster/state";
import type { StackState } from "../stack/state";
import { inPod } from "./kubernetes";

/** Command line of the postmaster: Patroni starts it with the data directory, its children have titles of their own. */
export const POSTMASTER = "^[^ ]*postgres -D";

/** Command line of Patroni itself, a Python program. */
export const PATRONI = "^[^ ]*python3?[^ ]* -m holdfast\\.patroni( |$)";

/** Container of the database's pods that Patroni and PostgreSQL run in. */
export const DATABASE_CONTAINER = "postgres";

/** Container of the same pods that Holdfast's own agent runs in. */
const AGENT_CONTAINER = "agent";

/** The program in both that asks the agent. */
const HOOK = "/opt/holdfast/hook.py";

/** The server's data directory in that container. */
const DATA_DIRECTORY = "/var/lib/postgresql/data/pgdata";

/** Says which data directory a member has: inode and birth of the directory, and of a file in it that nothing writes again. */
export function dataDirectoryOf(namespace: string, pod: string): Command {
  const stat = ["stat", "-c", "%i %W", DATA_DIRECTORY, `${DATA_DIRECTORY}/PG_VERSION`];
  return inPod(namespace, pod, DATABASE_CONTAINER, ...stat);
}

/** Runs Python in a container of a database pod. */
export function inDatabasePod(namespace: string, pod: string, container: string, ...words: string[]): Command {
  return inPod(namespace, pod, container, "python3", ...words);
}

/** What Patroni's `GET /cluster` says, asked of one member itself: its word counts while others are away. */
export function askPatroni(namespace: string, pod: string): Command {
  const program = 'import urllib.request; print(urllib.request.urlopen("http://127.0.0.1:8008/cluster", timeout=5).read().decode())';
  return inDatabasePod(namespace, pod, DATABASE_CONTAINER, "-c", program);
}

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

import type { Command } from "../drill";
import type { PodState, StackState } from "../stack/state";

/** Command line of the postmaster: Patroni starts it with the data directory, its children have titles of their own. */
export const POSTMASTER = "^[^ ]*postgres -D";

/** Command line of Patroni itself, a Python program. */
export const PATRONI = "^[^ ]*python3?[^ ]* ([^ ]*/)?patroni( |$)";

/** Container of the database's pods that Patroni and PostgreSQL run in. */
export const DATABASE_CONTAINER = "postgres";

/** Patroni's configuration in the pod, by which its command-line program knows the way in and the password. */
const PATRONI_CONFIG = "/run/holdfast/patroni.yaml";

/** Runs a program in a database pod. */
function inDatabasePod(namespace: string, pod: string, ...words: string[]): Command {
  return { program: "kubectl", args: ["-n", namespace, "exec", pod, "-c", DATABASE_CONTAINER, "--", ...words] };
}

/** What Patroni's `GET /cluster` says, asked of one member itself: its word counts while others are away. */
export function askPatroni(namespace: string, pod: string): Command {
  const program = 'import urllib.request; print(urllib.request.urlopen("http://127.0.0.1:8008/cluster", timeout=5).read().decode())';
  return inDatabasePod(namespace, pod, "python3", "-c", program);
}

/**
 * Asks the leader to hand its role over.
 *
 * @param candidate who is to have it. @default whomever Patroni finds fit
 */
export function switchover(state: StackState, leader: PodState, candidate?: PodState): Command {
  return inDatabasePod(
    state.namespace, leader.name, "patronictl", "-c", PATRONI_CONFIG, "switchover", "--leader", leader.name,
    ...(candidate ? ["--candidate", candidate.name] : []), "--force",
  );
}

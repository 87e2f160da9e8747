import type { Command } from "../drill";
import type { PodState, StackState } from "../stack/state";

/** Command line of the postmaster: Patroni starts it with the data directory, its children have titles of their own. */
export const POSTMASTER = "^[^ ]*postgres -D";

/** Command line of Patroni itself, a Python program. */
export const PATRONI = "^[^ ]*python3?[^ ]* ([^ ]*/)?patroni( |$)";

/** Container of the database's pods that Patroni and PostgreSQL run in. */
export const DATABASE_CONTAINER = "postgres";

/** Asks Patroni's own interface, from inside the pod, where it takes orders without a way in from outside. */
const ASK_PATRONI = `
import sys, urllib.request
request = urllib.request.Request("http://127.0.0.1:8008" + sys.argv[1], method=sys.argv[2], data=sys.argv[3].encode() or None)
print(urllib.request.urlopen(request, timeout=float(sys.argv[4])).read().decode())`;

/**
 * A request to the Patroni of one pod; prints the answer.
 *
 * @param body JSON, or nothing for none
 * @param timeoutSeconds a switchover is answered only when it is over
 */
export function askPatroni(namespace: string, pod: string, method: "GET" | "POST", path: string, body = "", timeoutSeconds = 5): Command {
  return {
    program: "kubectl",
    args: ["-n", namespace, "exec", pod, "-c", DATABASE_CONTAINER, "--", "python3", "-c", ASK_PATRONI, path, method, body, String(timeoutSeconds)],
  };
}

/** Asks the leader to hand its role over to whomever it finds fit. */
export function switchover(state: StackState, leader: PodState): Command {
  return askPatroni(state.namespace, leader.name, "POST", "/switchover", JSON.stringify({ leader: leader.name }), 60);
}

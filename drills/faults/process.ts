import type { NodeState, PodState } from "../../cluster/state";
import { inPod, type Command } from "../stack/command";
import type { StackState } from "../stack/state";
import { inNode } from "./node";

/** A signal by its name, as `kill` takes it. */
export type Signal = "KILL" | "STOP" | "CONT";

/**
 * Signals processes by their command line, optionally only those of one pod. A process is found to belong to a pod by
 * the pod's uid in its cgroup path, where systemd writes the uid's dashes as underscores. Fails where none is found.
 * $1 pattern over the cgroup, $2 pattern over the command line, $3 signal.
 */
const SIGNAL_PROCESSES = `
found=1
for process in /proc/[0-9]*; do
  grep -Eq -- "$1" "$process/cgroup" 2>/dev/null || continue
  tr '\\0' ' ' <"$process/cmdline" 2>/dev/null | grep -Eq -- "$2" || continue
  kill -s "$3" "\${process#/proc/}" && found=0
done
[ $found = 0 ] || echo "no such process" >&2
exit $found`;

/** What {@link signalInPod} and {@link signalOnNode} say where nothing matched. */
export const NO_SUCH_PROCESS = "no such process";

/**
 * Signals a pod's processes from its node. From inside, process 1 of a container can be neither killed nor stopped:
 * the kernel shields it from such signals of its own process namespace.
 *
 * @param pattern extended regular expression over the command line, arguments separated by blanks; begins with `^`,
 *   or it would match the script that carries it as an argument
 */
export function signalInPod(node: NodeState, pod: PodState, pattern: string, signal: Signal): Command {
  return inNode(node, SIGNAL_PROCESSES, [`pod${pod.uid.replaceAll("-", "[-_]")}`, pattern, signal]);
}

/** Signals a node's processes, whichever pod they belong to. */
export function signalOnNode(node: NodeState, pattern: string, signal: Signal): Command {
  return inNode(node, SIGNAL_PROCESSES, [".", pattern, signal]);
}

/**
 * While this file is there, {@link stutter} goes on; it is in memory, so a node that is started anew does not have it.
 */
const STUTTER_MARK = "/run/holdfast-drill-stutter";

/**
 * Stops a node's processes for 2 s and lets them run for 2 s, over and over, in the background; at most for 20 minutes.
 */
export function stutter(node: NodeState, pattern: string): Command {
  return inNode(
    node,
    `
touch ${STUTTER_MARK}
( for round in $(seq 300); do
  [ -e ${STUTTER_MARK} ] || break
  pkill -STOP -f -- "$1"; sleep 2
  pkill -CONT -f -- "$1"; sleep 2
done ) >/dev/null 2>&1 &`,
    [pattern],
  );
}

/** Ends it within two seconds. What was stopped last is left for a `CONT` that follows. */
export function stopStutter(node: NodeState): Command {
  return { ...inNode(node, `rm -f ${STUTTER_MARK}`), thenWaitSeconds: 4 };
}

/** The same from inside a container; $1 pattern over the command line, $2 signal. */
const SIGNAL_FROM_INSIDE = `
found=1
for process in /proc/[0-9]*; do
  tr '\\0' ' ' <"$process/cmdline" 2>/dev/null | grep -Eq -- "$1" || continue
  kill -s "$2" "\${process#/proc/}" && found=0
done
[ $found = 0 ] || echo "no such process" >&2
exit $found`;

/**
 * Signals a container's processes, but not its process 1, from inside it: needs no access to the node,
 * so it works on every cluster.
 */
export function signalFromInside(
  state: StackState,
  pod: PodState,
  container: string,
  pattern: string,
  signal: Signal,
): Command {
  return inPod(state.namespace, pod.name, container, "sh", "-c", SIGNAL_FROM_INSIDE, "drill", pattern, signal);
}

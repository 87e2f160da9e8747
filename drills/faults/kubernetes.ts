import type { Command } from "../stack/command";
import type { StackState } from "../stack/state";

/** A kubectl command in the stack's namespace. */
export function kubectl(state: StackState, ...args: string[]): Command {
  return { program: "kubectl", args: ["-n", state.namespace, ...args] };
}

/** Deletes pods and does not wait for them to be gone; they get their full grace period. */
export function deletePods(state: StackState, names: string[]): Command {
  return kubectl(state, "delete", "pod", ...names, "--wait=false");
}

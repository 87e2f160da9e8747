import { kubectl, type Command } from "../stack/command";

/** Deletes pods and does not wait for them to be gone; they get their full grace period. */
export function deletePods(stack: { namespace: string }, names: string[]): Command {
  return kubectl(stack, "delete", "pod", ...names, "--wait=false");
}

import type { Command } from "../drill";

/** A kubectl command in the stack's namespace. */
export function kubectl({ namespace }: { namespace: string }, ...args: string[]): Command {
  return clusterWide("-n", namespace, ...args);
}

/** A kubectl command for what no namespace has, or outside the stack's. */
export function clusterWide(...args: string[]): Command {
  return { program: "kubectl", args };
}

/** Runs a program in a container of a pod. */
export function inPod(namespace: string, pod: string, container: string, ...program: string[]): Command {
  return kubectl({ namespace }, "exec", pod, "-c", container, "--", ...program);
}

/** Deletes pods and does not wait for them to be gone; they get their full grace period. */
export function deletePods(stack: { namespace: string }, names: string[]): Command {
  return kubectl(stack, "delete", "pod", ...names, "--wait=false");
}

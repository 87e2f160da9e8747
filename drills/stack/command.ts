/**
 * One command against the cluster. Faults and their undoing are data, not functions, so that they can be written to
 * disk before the first of them runs: whoever finds the record can heal without knowing the drill.
 */
export interface Command {
  program: "docker" | "kubectl" | "sh";
  /** For kubectl without context; the runner adds the one it checked. */
  args: string[];
  /** Standard input. */
  input?: string;
  /** A failure whose message contains this is no failure: the thing is already as it should be. */
  fineIf?: string;
  /** A failure whose message contains this left everything as it was, and is tried again, ten times at most. */
  againIf?: string;
  /** Pause after it, in seconds. @default 0 */
  thenWaitSeconds?: number;
  /** Run at the same moment as the command before it, not after it. @default false */
  together?: boolean;
  /**
   * The primary has no standby from this command's beginning until its pause is over: what any way into the database
   * has acknowledged in that time is on one disk, and counts as a broken promise. @default false
   */
  alone?: boolean;
}

/** A kubectl command in the stack's namespace. */
export function kubectl({ namespace }: { namespace: string }, ...args: string[]): Command {
  return clusterWide("-n", namespace, ...args);
}

/** A kubectl command for what no namespace has, or outside the stack's. */
export const clusterWide = (...args: string[]): Command => ({ program: "kubectl", args });

/** Runs a program in a container of a pod. */
export function inPod(namespace: string, pod: string, container: string, ...program: string[]): Command {
  return kubectl({ namespace }, "exec", pod, "-c", container, "--", ...program);
}

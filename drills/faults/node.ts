import type { NodeState } from "../../cluster/state";
import type { Plan } from "../drill";
import type { Command } from "../stack/command";
import type { StackState } from "../stack/state";

/** @throws Error for a node that is no container; the drill's guard comes before */
function containerOf(node: NodeState): string {
  if (node.container === undefined) throw new Error(`node ${node.name} is no container`);
  return node.container;
}

/** A shell script inside a node, with its arguments. */
export function inNode(node: NodeState, script: string, args: string[] = []): Command {
  return { program: "docker", args: ["exec", containerOf(node), "sh", "-c", script, "drill", ...args] };
}

/** Stops a node at once, as a power cut does. */
export function killNode(node: NodeState): Pick<Plan, "fault" | "heal"> {
  const container = containerOf(node);
  return {
    fault: [{ program: "docker", args: ["kill", container] }],
    heal: [{ program: "docker", args: ["start", container] }],
  };
}

/**
 * Freezes a node: no process runs, but its kernel still acknowledges TCP, so connections neither fail nor answer.
 * The harder of the two deaths for clients.
 */
export function freezeNode(node: NodeState): Pick<Plan, "fault" | "heal"> {
  const container = containerOf(node);
  return {
    // Processes that are just being started can slip past the kernel's freezer; the runtime then thaws everything
    // again.
    fault: [{ program: "docker", args: ["pause", container], againIf: "unable to freeze" }],
    heal: [{ program: "docker", args: ["unpause", container], fineIf: "is not paused" }],
  };
}

/** Stops all nodes at once and starts them again, workers first: addresses may be dealt out anew. */
export function restartAllNodes(state: StackState): Pick<Plan, "fault" | "heal"> {
  const ordered = [...state.nodes].sort((a, b) => Number(a.controlPlane) - Number(b.controlPlane)).map(containerOf);
  return {
    fault: [{ program: "docker", args: ["kill", ...ordered] }],
    heal: ordered.map((container): Command => ({ program: "docker", args: ["start", container] })),
  };
}

import type { V1Pod } from "@kubernetes/client-node";
import { Kubectl, type Cluster } from "../../cluster/kubectl";
import { nodeStarts, nodeState, podState } from "../../cluster/parse-state";
import type { NodeState } from "../../cluster/state";
import type { Command } from "./command";
import { execute } from "./execute";
import type { StackState } from "./state";
import { everyOne, type Subjects } from "./subject";

/**
 * How a drill looks at the cluster: a healthy API answers in milliseconds, and one that does not is part of what a
 * drill may have caused. Ctrl-C ends it by the drill's own signal.
 */
export const LOOK = { apiSeconds: 8, seconds: 10, apart: true } as const;

/** How one question is asked: it ends in time, and with a drill that is interrupted. */
type Asking = typeof LOOK & { signal: AbortSignal };

/** When the nodes that are containers were started; nothing where that cannot be asked. */
async function startsOf(cluster: Cluster, asking: Asking, nodes: NodeState[]): Promise<Map<string, number>> {
  const containers = nodes.flatMap(({ container }) => container ?? []);
  if (containers.length === 0) return new Map();
  const command: Command = {
    program: "docker",
    args: ["inspect", "--format", "{{.Name}} {{.State.StartedAt}}", ...containers],
  };
  try {
    return nodeStarts(await execute(cluster, command, asking));
  } catch {
    return new Map();
  }
}

/**
 * Reads the whole stack as it is now, in about a second.
 *
 * @param signal ends it when aborted
 * @throws Error where the Kubernetes API does not answer; the signal's reason where it is aborted
 */
export async function readState(cluster: Cluster, subjects: Subjects, signal: AbortSignal): Promise<StackState> {
  const asking: Asking = { ...LOOK, signal };
  const kubectl = new Kubectl(cluster, asking);
  const [nodes, objects] = await Promise.all([kubectl.list("node"), kubectl.list(["pod", "service", "endpoints"])]);
  const known = nodes.map(nodeState);
  const starts = await startsOf(cluster, asking, known);
  const pods = objects
    .filter((object): object is V1Pod => object.kind === "Pod")
    .flatMap((pod) => podState(pod, starts) ?? []);
  const state = { namespace: cluster.namespace, nodes: known, pods };
  const looks = everyOne(subjects).map(async (subject) => [
    subject.name,
    await subject.look({ kubectl, cluster: state, objects }),
  ]);
  const found = Object.fromEntries(await Promise.all(looks)) as StackState["found"];
  // What does not answer is part of the state, but not what was not asked to the end.
  signal.throwIfAborted();
  return { ...state, found };
}

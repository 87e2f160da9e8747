import type { V1Pod, V1Service } from "@kubernetes/client-node";
import { askAny } from "../../cluster/ask";
import { Kubectl, type Cluster } from "../../cluster/kubectl";
import { nodeStarts, nodeState, podState } from "../../cluster/parse-state";
import { podsOf, type NodeState } from "../../cluster/state";
import { ASK_MEMBERS, CONTAINERS, lockHolder, membersOf } from "../../components/postgres/operations";
import { ASK_SENTINEL, redisState, SENTINEL_CONTAINER } from "../../components/redis/operations";
import type { Command } from "./command";
import { execute } from "./execute";
import type { StackState } from "./state";

/** The database's workload, and the name of its lock. */
const POSTGRES = "postgres";

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
export async function readState(cluster: Cluster, signal: AbortSignal): Promise<StackState> {
  const asking: Asking = { ...LOOK, signal };
  const stack = new Kubectl(cluster, asking);
  const [nodes, objects] = await Promise.all([stack.list("node"), stack.list(["pod", "service", "endpoints"])]);
  const known = nodes.map(nodeState);
  const starts = await startsOf(cluster, asking, known);
  const pods = objects
    .filter((object): object is V1Pod => object.kind === "Pod")
    .flatMap((pod) => podState(pod, starts) ?? []);
  const services = objects.filter((object): object is V1Service => object.kind === "Service");
  const lock = objects.find(({ kind, metadata }) => kind === "Endpoints" && metadata?.name === POSTGRES);
  const state = { namespace: cluster.namespace, nodes: known, pods };
  const { program, input } = ASK_SENTINEL;
  const [members, sentinel] = await Promise.all([
    askAny(stack, podsOf(state, POSTGRES), CONTAINERS.database, ASK_MEMBERS),
    askAny(stack.with({ input }), podsOf(state, "redis-sentinel"), SENTINEL_CONTAINER, program),
  ]);
  // What does not answer is part of the state, but not what was not asked to the end.
  signal.throwIfAborted();
  return {
    ...state,
    postgres: { leader: lockHolder(lock), members: members === undefined ? [] : membersOf(members) },
    redis: redisState(sentinel, services),
  };
}

import type { V1Pod, V1Service } from "@kubernetes/client-node";
import { Kubectl, type Cluster } from "../../cluster/kubectl";
import type { Command } from "../drill";
import { askPatroni } from "../faults/postgres";
import { execute } from "./execute";
import { nodeState, podState, nodeStarts } from "../../cluster/parse-state";
import { postgresState, redisState } from "./parse-stack";
import { podsOf, type NodeState, type PodState } from "../../cluster/state";
import type { PostgresState, RedisState, StackState } from "./state";

/**
 * How a drill looks at the cluster: a healthy API answers in milliseconds, and one that does not is part of what a drill
 * may have caused. Ctrl-C ends it by the drill's own signal.
 */
export const LOOK = { apiSeconds: 8, seconds: 10, apart: true } as const;

/** How one question is asked: it ends in time, and with a drill that is interrupted. */
type Asking = typeof LOOK & { signal: AbortSignal };

/** When the nodes that are containers were started; nothing where that cannot be asked. */
async function startsOf(cluster: Cluster, asking: Asking, nodes: NodeState[]): Promise<Map<string, number>> {
  const containers = nodes.flatMap(({ container }) => container ?? []);
  if (containers.length === 0) return new Map();
  const command: Command = { program: "docker", args: ["inspect", "--format", "{{.Name}} {{.State.StartedAt}}", ...containers] };
  try {
    return nodeStarts(await execute(cluster, command, asking));
  } catch {
    return new Map();
  }
}

/** Asks one pod after the other until one answers. */
async function firstAnswer<T>(pods: PodState[], ask: (pod: PodState) => Promise<T>): Promise<T | undefined> {
  for (const pod of pods) {
    try {
      return await ask(pod);
    } catch {
      // A member that is down cannot tell; another one can.
    }
  }
  return undefined;
}

/** Ready ones first: they answer. */
function likelyFirst(pods: PodState[]): PodState[] {
  return [...pods].sort((a, b) => Number(b.ready) - Number(a.ready));
}

async function readPostgres(cluster: Cluster, asking: Asking, pods: PodState[]): Promise<PostgresState> {
  const answer = await firstAnswer(likelyFirst(pods), (pod) =>
    execute(cluster, askPatroni(cluster.namespace, pod.name), asking));
  return answer === undefined ? { leader: undefined, members: [] } : postgresState(answer);
}

/** Reads the commands from standard input, so that one exec answers both questions. */
const QUESTIONS = "SENTINEL GET-MASTER-ADDR-BY-NAME main\nSENTINEL CKQUORUM main\n";

async function readRedis(stack: Kubectl, sentinels: PodState[], services: V1Service[]): Promise<RedisState> {
  const script = `VALKEYCLI_AUTH=$(cat /run/secrets/redis/operator-password) exec valkey-cli --no-auth-warning --user operator -p 26379`;
  const answer = await firstAnswer(likelyFirst(sentinels), (pod) =>
    stack.with({ input: QUESTIONS }).exec(pod.name, "sentinel", "sh", "-c", script));
  return answer === undefined ? { primary: undefined, quorum: "no Sentinel answers" } : redisState(answer, services);
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
  const [nodes, objects] = await Promise.all([
    stack.list("node"),
    stack.list(["pod", "service"]),
  ]);
  const known = nodes.map(nodeState);
  const starts = await startsOf(cluster, asking, known);
  const pods = objects.filter((object): object is V1Pod => object.kind === "Pod").flatMap((pod) => podState(pod, starts) ?? []);
  const services = objects.filter((object): object is V1Service => object.kind === "Service");
  const state = { namespace: cluster.namespace, nodes: known, pods };
  const [postgres, redis] = await Promise.all([
    readPostgres(cluster, asking, podsOf({ ...state, ...NOTHING }, "postgres")),
    readRedis(stack, podsOf({ ...state, ...NOTHING }, "redis-sentinel"), services),
  ]);
  // What does not answer is part of the state, but not what was not asked to the end.
  signal.throwIfAborted();
  return { ...state, postgres, redis };
}

const NOTHING: Pick<StackState, "postgres" | "redis"> = { postgres: { leader: undefined, members: [] }, redis: { primary: undefined, quorum: "" } };

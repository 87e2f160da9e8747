import type { V1Node, V1Pod, V1Service } from "@kubernetes/client-node";
import type { Command } from "./command";
import { askPatroni } from "./database";
import { execute, type Cluster } from "./execute";
import { nodeStarts, nodeState, podState, postgresState, redisState } from "./parse-state";
import { podsOf, type NodeState, type PodState, type PostgresState, type RedisState, type StackState } from "./state";

/** A healthy API answers in milliseconds; one that does not is part of what a drill may have caused. */
const API_TIMEOUT_MS = 10_000;

interface List {
  items: (V1Node | V1Pod | V1Service)[];
}

/** How one question is asked: it ends in time, and with a drill that is interrupted. */
interface Asking {
  timeoutMs: number;
  signal: AbortSignal;
}

async function list(cluster: Cluster, asking: Asking, ...args: string[]): Promise<List["items"]> {
  const json = await execute(cluster, { program: "kubectl", args: ["get", ...args, "-o", "json", "--request-timeout=8s"] }, asking);
  return (JSON.parse(json) as List).items;
}

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

async function readRedis(cluster: Cluster, asking: Asking, sentinels: PodState[], services: V1Service[]): Promise<RedisState> {
  const script = `VALKEYCLI_AUTH=$(cat /run/secrets/redis/operator-password) exec valkey-cli --no-auth-warning --user operator -p 26379`;
  const answer = await firstAnswer(likelyFirst(sentinels), (pod) => execute(cluster, {
    program: "kubectl",
    args: ["-n", cluster.namespace, "exec", "-i", pod.name, "-c", "sentinel", "--", "sh", "-c", script],
    input: QUESTIONS,
  }, asking));
  return answer === undefined ? { primary: undefined, quorum: "no Sentinel answers" } : redisState(answer, services);
}

/**
 * Reads the whole stack as it is now, in about a second.
 *
 * @param signal ends it when aborted
 * @throws Error where the Kubernetes API does not answer; the signal's reason where it is aborted
 */
export async function readState(cluster: Cluster, signal: AbortSignal): Promise<StackState> {
  const asking: Asking = { timeoutMs: API_TIMEOUT_MS, signal };
  const [nodes, objects] = await Promise.all([
    list(cluster, asking, "nodes"),
    list(cluster, asking, "pods,services", "-n", cluster.namespace),
  ]);
  const known = (nodes as V1Node[]).map(nodeState);
  const starts = await startsOf(cluster, asking, known);
  const pods = objects.filter((object): object is V1Pod => object.kind === "Pod").flatMap((pod) => podState(pod, starts) ?? []);
  const services = objects.filter((object): object is V1Service => object.kind === "Service");
  const state = { namespace: cluster.namespace, nodes: known, pods };
  const [postgres, redis] = await Promise.all([
    readPostgres(cluster, asking, podsOf({ ...state, ...NOTHING }, "postgres")),
    readRedis(cluster, asking, podsOf({ ...state, ...NOTHING }, "redis-sentinel"), services),
  ]);
  // What does not answer is part of the state, but not what was not asked to the end.
  signal.throwIfAborted();
  return { ...state, postgres, redis };
}

const NOTHING: Pick<StackState, "postgres" | "redis"> = { postgres: { leader: undefined, members: [] }, redis: { primary: undefined, quorum: "" } };

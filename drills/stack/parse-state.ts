import type { V1Node, V1Pod, V1Service } from "@kubernetes/client-node";
import type { NodeState, PodState, PostgresMember, PostgresState, RedisState } from "./state";

const CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane";
const WORKLOAD_LABEL = "app.kubernetes.io/name";
const POD_NAME_LABEL = "statefulset.kubernetes.io/pod-name";

/** Which kind of cluster a node says it belongs to. kind gives its nodes a provider id, minikube a label. */
export function clusterKind(node: V1Node): "kind" | "minikube" | "other" {
  if (node.spec?.providerID?.startsWith("kind://")) return "kind";
  return node.metadata?.labels?.["minikube.k8s.io/name"] === undefined ? "other" : "minikube";
}

/** Whether a node or pod says that it is ready. */
export function isReady({ status }: V1Node | V1Pod): boolean {
  return status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ?? false;
}

/** A node as the drills see it; its container bears its name on kind and with minikube's docker driver. */
export function nodeState(node: V1Node): NodeState {
  const name = node.metadata!.name!;
  return {
    name,
    address: node.status?.addresses?.find((address) => address.type === "InternalIP")?.address ?? "",
    controlPlane: node.metadata?.labels?.[CONTROL_PLANE_LABEL] !== undefined,
    ready: isReady(node),
    cordoned: node.spec?.unschedulable === true,
    ...(clusterKind(node) === "other" ? {} : { container: name }),
  };
}

/**
 * When each node was started, milliseconds since the epoch.
 *
 * @param text a line with name and time (ISO 8601) for each container
 */
export function nodeStarts(text: string): Map<string, number> {
  const lines = text.trim().split("\n").map((line) => line.replace(/^\//, "").split(" "));
  return new Map(lines.flatMap(([name, time]) => (name && time ? [[name, Date.parse(time)] as const] : [])));
}

/**
 * Whether a container of the pod is said to run since before its node was started. It does not: a node that comes back within
 * 40 s was never missed, and until its kubelet speaks again the API tells of the pods as they were.
 */
function outdated(pod: V1Pod, nodeStart: number): boolean {
  const statuses = [...pod.status?.containerStatuses ?? [], ...pod.status?.initContainerStatuses ?? []];
  return statuses.some(({ state }) => state?.running?.startedAt !== undefined && new Date(state.running.startedAt).getTime() + 1_000 < nodeStart);
}

/**
 * A pod as the drills see it; undefined for one that has run to its end, such as a Job's.
 *
 * @param starts when nodes were started, of those of which that is known
 */
export function podState(pod: V1Pod, starts: Map<string, number> = new Map()): PodState | undefined {
  if (pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed") return undefined;
  const going = pod.metadata?.deletionTimestamp !== undefined;
  const node = pod.spec?.nodeName ?? "";
  return {
    name: pod.metadata!.name!,
    uid: pod.metadata!.uid!,
    node,
    address: pod.status?.podIP ?? "",
    workload: pod.metadata?.labels?.[WORKLOAD_LABEL] ?? "",
    ready: isReady(pod) && !going && !outdated(pod, starts.get(node) ?? 0),
  };
}

/** @param json answer of Patroni's `GET /cluster` */
export function postgresState(json: string): PostgresState {
  const { members } = JSON.parse(json) as { members: PostgresMember[] };
  return { leader: members.find((member) => member.role === "leader")?.name, members };
}

/**
 * @param text answers to `SENTINEL GET-MASTER-ADDR-BY-NAME` (two lines) and `SENTINEL CKQUORUM` (one)
 * @param services the namespace's; each Redis pod is known by the address of a Service of its own
 */
export function redisState(text: string, services: V1Service[]): RedisState {
  const [address, , quorum = "no answer"] = text.trim().split("\n");
  const service = services.find((candidate) => candidate.spec?.clusterIP === address);
  return { primary: service?.spec?.selector?.[POD_NAME_LABEL], quorum };
}

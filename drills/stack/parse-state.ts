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

/** A node as the drills see it; its container bears its name on kind and with minikube's docker driver. */
export function nodeState(node: V1Node): NodeState {
  const name = node.metadata!.name!;
  return {
    name,
    address: node.status?.addresses?.find((address) => address.type === "InternalIP")?.address ?? "",
    controlPlane: node.metadata?.labels?.[CONTROL_PLANE_LABEL] !== undefined,
    ready: node.status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ?? false,
    ...(clusterKind(node) === "other" ? {} : { container: name }),
  };
}

/** A pod as the drills see it; undefined for one that has run to its end, such as a Job's. */
export function podState(pod: V1Pod): PodState | undefined {
  if (pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed") return undefined;
  const going = pod.metadata?.deletionTimestamp !== undefined;
  return {
    name: pod.metadata!.name!,
    uid: pod.metadata!.uid!,
    node: pod.spec?.nodeName ?? "",
    address: pod.status?.podIP ?? "",
    workload: pod.metadata?.labels?.[WORKLOAD_LABEL] ?? "",
    ready: !going && (pod.status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ?? false),
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

import type { V1Node, V1Pod } from "@kubernetes/client-node";
import type { NodeState, PodState } from "./state";

const CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane";
const WORKLOAD_LABEL = "app.kubernetes.io/name";

/** The kind of cluster that a node belongs to. kind gives its nodes a provider id, minikube a label. */
export function clusterKind(node: V1Node): "kind" | "minikube" | "other" {
  if (node.spec?.providerID?.startsWith("kind://")) return "kind";
  return node.metadata?.labels?.["minikube.k8s.io/name"] === undefined ? "other" : "minikube";
}

/**
 * Whether a node or pod is ready: its condition says so, and it is not being deleted. The status of its containers is
 * no proof, because it stays unchanged when their node is lost.
 */
export function isReady({ metadata, status }: V1Node | V1Pod): boolean {
  if (metadata?.deletionTimestamp !== undefined) return false;
  return status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
}

/** A node as the drills see it. On kind, and with minikube's docker driver, its container has the same name. */
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
  const lines = text
    .trim()
    .split("\n")
    .map((line) => line.replace(/^\//, "").split(" "));
  return new Map(lines.flatMap(([name, time]) => (name && time ? [[name, Date.parse(time)] as const] : [])));
}

/**
 * Whether the pod's status is older than the last start of its node. Kubernetes does not notice a node that is back
 * within 40 s, so the API shows the old status until the kubelet reports again.
 */
function outdated(pod: V1Pod, nodeStart: number): boolean {
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const starts = statuses.flatMap(({ state }) => state?.running?.startedAt ?? []);
  return starts.some((start) => new Date(start).getTime() + 1_000 < nodeStart);
}

/**
 * A pod as the drills see it; undefined for one that has ended, such as a Job's.
 *
 * @param starts when nodes were started, in milliseconds since 1970, as far as that is known
 */
export function podState(pod: V1Pod, starts: Map<string, number> = new Map()): PodState | undefined {
  if (pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed") return undefined;
  const node = pod.spec?.nodeName ?? "";
  return {
    name: pod.metadata!.name!,
    uid: pod.metadata!.uid!,
    node,
    address: pod.status?.podIP ?? "",
    workload: pod.metadata?.labels?.[WORKLOAD_LABEL] ?? "",
    ready: isReady(pod) && !outdated(pod, starts.get(node) ?? 0),
  };
}

import type { V1Node, V1Pod, V1StorageClass } from "@kubernetes/client-node";
import { clusterKind, isReady } from "../../cluster/parse-state";

/** Objects of a cluster that the user has made. */
export interface ClusterObjects {
  context: string;
  nodes: V1Node[];
  pods: V1Pod[];
  storageClasses: V1StorageClass[];
  /** Ports of 127.0.0.1 by the node port they lead to, for nodes that are containers on this machine. */
  published: Record<number, number>;
  /** Names of the kind nodes whose container runtime reads no registry from `certs.d`. */
  withoutCertsD: string[];
}

/** The tool that made a cluster. */
export type ClusterKind = "kind" | "minikube" | "other";

/** Decides by all nodes, and for kind also by the context's name, which kind always begins with `kind-`. */
export function kindOf({ context, nodes }: Pick<ClusterObjects, "context" | "nodes">): ClusterKind {
  const kinds = new Set(nodes.map(clusterKind));
  const [only = "other"] = kinds;
  return kinds.size !== 1 || (only === "kind" && !context.startsWith("kind-")) ? "other" : only;
}

/** Whether ordinary pods may go to a node, ready or not. */
export function takesPods({ spec }: V1Node): boolean {
  return !spec?.unschedulable && !(spec?.taints ?? []).some(({ effect }) => effect === "NoSchedule");
}

/** Nodes that are ready and take ordinary pods. */
export const usableNodes = (nodes: V1Node[]): V1Node[] => nodes.filter((node) => isReady(node) && takesPods(node));

/** Address of a node inside its network. */
export function addressOf(node: V1Node): string | undefined {
  return node.status?.addresses?.find(({ type }) => type === "InternalIP")?.address;
}

/** Major and minor version of the oldest node's Kubernetes, as one comparable number: 1.34 is 1034. */
export function oldestVersion(nodes: V1Node[]): number {
  return Math.min(
    ...nodes.map((node) => {
      const [, major, minor] = /^v(\d+)\.(\d+)/.exec(node.status?.nodeInfo?.kubeletVersion ?? "") ?? [];
      return 1000 * Number(major ?? 0) + Number(minor ?? 0);
    }),
  );
}

/** The StorageClass that a claim without one gets. */
export function defaultClass(classes: V1StorageClass[]): V1StorageClass | undefined {
  return classes.find(
    ({ metadata }) => metadata?.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true",
  );
}

const images = (pods: V1Pod[]): string[] =>
  pods.flatMap(({ spec }) => (spec?.containers ?? []).map(({ image }) => image ?? ""));

/** Networks that enforce NetworkPolicy wherever they run. */
const ENFORCERS =
  /\/(calico\/node|cilium|kube-router|antrea-(agent|ubuntu)[\w-]*|weave-npc|kube-network-policies)[:@]|^(cilium|kube-router):/;

/** kind's own network enforces it since kind 0.24, whose kindnetd was built on this day. */
const ENFORCING_KINDNET = 20_240_813;

/** Whether something in the cluster enforces NetworkPolicy, by the images that run there. */
export function enforcesPolicies(pods: V1Pod[]): boolean {
  return images(pods).some(
    (image) => ENFORCERS.test(image) || Number(/kindnetd:v(\d{8})/.exec(image)?.[1] ?? 0) >= ENFORCING_KINDNET,
  );
}

/** Whether something serves the metrics that an autoscaler reads, by the images that run there. */
export function hasMetrics(pods: V1Pod[]): boolean {
  return images(pods).some((image) => /metrics-server|prometheus-adapter/.test(image));
}

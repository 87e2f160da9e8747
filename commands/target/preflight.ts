import type { V1Node } from "@kubernetes/client-node";
import { EVERY_NODE, type Settings } from "../../config/settings";
import type { Demand } from "../../graph/demand";
import {
  addressOf,
  defaultClass,
  enforcesPolicies,
  hasMetrics,
  kindOf,
  oldestVersion,
  usableNodes,
  type ClusterKind,
  type ClusterObjects,
} from "./cluster";
import { fit, leastFree } from "./fit";

/** The result of checking a cluster before anything on it is changed. */
export interface Preflight {
  kind: ClusterKind;
  /** Why the stack cannot run there: one sentence each, with what to do. Empty where it can. */
  refusals: string[];
  /** What works less well than on Holdfast's own cluster: one sentence each, with what to do. */
  degraded: string[];
  /** Configuration that follows from what the cluster is, by key. */
  config: Record<string, string>;
}

/** How and where the command was called. */
export interface Circumstances {
  /** Whether the user gave `--i-know`, for a context that is neither kind nor minikube. */
  iKnow: boolean;
  /** Whether this machine reaches a node's address: on Linux, where containers are on the machine's network. */
  nodesReachable: boolean;
  /** Namespaces of the stack itself. What its own pods reserve counts as free. */
  ours: string[];
}

/** Oldest Kubernetes that has what the pods use: 1.30, for `preStop.sleep` and sidecars. */
const OLDEST = 1030;
const ZONE = "topology.kubernetes.io/zone";

/** Volumes of this provisioner belong to root on all nodes but the first (kubernetes/minikube#12360). */
const MINIKUBE_HOSTPATH = "k8s.io/minikube-hostpath";

/** Decides whether the stack can run on a cluster, what works less well there, and what has to be configured. Pure. */
export function preflight(
  objects: ClusterObjects,
  settings: Settings,
  demands: readonly Demand[],
  circumstances: Circumstances,
): Preflight {
  const { context, nodes, pods } = objects;
  const kind = kindOf(objects);
  const result: Preflight = { kind, refusals: [], degraded: [], config: { kubeContext: context } };
  const refuse = (sentence: string): void => void result.refusals.push(sentence);
  const degrade = (sentence: string): void => void result.degraded.push(sentence);

  if (kind === "other" && !circumstances.iKnow) {
    refuse(`Context ${context} is neither kind nor minikube; if you mean it, add --i-know.`);
    return result;
  }
  const usable = usableNodes(nodes);
  if (usable.length === 0) {
    refuse(`No node of ${context} is ready and takes pods; look with: kubectl --context ${context} get nodes.`);
    return result;
  }
  if (oldestVersion(nodes) < OLDEST)
    refuse(
      `Kubernetes of ${context} is older than 1.30, whose sidecars and preStop.sleep the pods use; make the ` +
        "cluster with a newer one.",
    );

  spreading(usable, settings, result);
  const free = leastFree(usable, pods, circumstances.ours);
  result.config["nodeCpu"] = `${Math.max(1, Math.floor(1000 * free.cpu))}m`;
  result.config["nodeMemory"] = `${Math.max(1, Math.floor(free.memory / 2 ** 20))}Mi`;
  const { percent, oneNodeLost, missing } = fit(demands, usable.length, free);
  if (percent === undefined)
    refuse(
      `The cluster is too small, even with a tenth of the CPU reserved: ${missing} Give it more nodes or bigger ones.`,
    );
  else if (percent < 100) {
    result.config["cpuRequestPercent"] = String(percent);
    degrade(
      `CPU is reserved at ${percent} % of what the stack asks for (cpuRequestPercent), because the smallest node ` +
        `has ${free.cpu.toFixed(1)} cores free; under load pods share what is there.`,
    );
  }
  if (oneNodeLost) degrade(`With one node lost not everything would find a place: ${oneNodeLost}`);

  storage(objects, usable.length, result);
  if (!enforcesPolicies(pods))
    degrade(
      "Nothing here enforces NetworkPolicy, so nothing is kept apart; use a network that does (kind 0.24 or " +
        "newer, minikube start --cni calico).",
    );
  if (!hasMetrics(pods)) {
    const byHand = `kubectl --context ${context} apply -f local/cluster/manifests/metrics-server.yaml`;
    const mends = kind === "minikube" ? "minikube addons enable metrics-server" : byHand;
    degrade(`Nothing serves CPU use, so the autoscaler stays at its minimum; ${mends} mends it.`);
  }
  wayIn(objects, settings, circumstances.nodesReachable, result);
  imageWay(objects, settings, result);
  return result;
}

/** Sets the nodes and zones to spread pods over. */
function spreading(usable: V1Node[], settings: Settings, { degraded, config }: Preflight): void {
  const zones = new Set(usable.map(({ metadata }) => metadata?.labels?.[ZONE]).filter(Boolean)).size;
  config["nodes"] = String(usable.length);
  config["zones"] = String(Math.max(1, zones));
  if (usable.length === 1)
    degraded.push("One node: everything fails over between pods, and a lost node is a lost stack.");
  else if (usable.length < settings.postgres.replicas)
    degraded.push(
      `${usable.length} nodes for ${settings.postgres.replicas} database members: a lost node may take two of them.`,
    );
  if (zones < 2) degraded.push(`The nodes are in one zone or have no label ${ZONE}: pods are spread over nodes only.`);
}

/** Checks that the cluster gives volumes that the databases can write to. */
function storage({ context, storageClasses }: ClusterObjects, nodes: number, { refusals, degraded }: Preflight): void {
  const preferred = defaultClass(storageClasses);
  if (storageClasses.length === 0)
    refusals.push(
      `${context} has no StorageClass, and the databases need volumes; install one and make it the default.`,
    );
  else if (!preferred) {
    const name = storageClasses[0]?.metadata?.name;
    refusals.push(
      `${context} has no default StorageClass; choose one, for example: kubectl --context ${context} annotate ` +
        `storageclass ${name} storageclass.kubernetes.io/is-default-class=true.`,
    );
  }
  if (preferred?.provisioner === MINIKUBE_HOSTPATH && nodes > 1) {
    refusals.push(
      `StorageClass ${preferred.metadata?.name} gives volumes that only root can write to on all nodes but the ` +
        "first (kubernetes/minikube#12360); " +
        "minikube addons enable csi-hostpath-driver, and make csi-hostpath-sc the default class.",
    );
  }
  if (preferred?.volumeBindingMode === "Immediate" && nodes > 1)
    degraded.push(
      `StorageClass ${preferred.metadata?.name} binds a volume before its pod has a node, which may leave the ` +
        "pod without one; a class with WaitForFirstConsumer does not.",
    );
}

/** Sets the URL at which a browser reaches the balancer. */
function wayIn(
  { context, nodes, published }: ClusterObjects,
  settings: Settings,
  nodesReachable: boolean,
  { kind, degraded, config }: Preflight,
): void {
  const wanted = Object.entries(settings.loadBalancer.entryLabels);
  const labelled = nodes.filter(({ metadata }) =>
    wanted.every(([label, value]) => metadata?.labels?.[label] === value),
  );
  const [label = "", value = ""] = wanted[0] ?? [];
  if (labelled.length === 0) {
    config["loadBalancerEntryLabel"] = EVERY_NODE;
    degraded.push(
      `No node has the label ${label}=${value}, so every node gets a balancer; kubectl --context ${context} ` +
        `label node NAME ${label}=${value} chooses.`,
    );
  }
  // Only the configuration knows the load balancer in front of a cloud's cluster.
  if (kind === "other") return;
  const entry = (labelled.length > 0 ? labelled : nodes)[0];
  const port = published[settings.loadBalancer.nodePort];
  const address = entry && addressOf(entry);
  if (port !== undefined) config["url"] = `http://127.0.0.1:${port}`;
  else if (nodesReachable && address) {
    config["url"] = `http://${address}:${settings.loadBalancer.nodePort}`;
    degraded.push(
      `The cluster publishes no port ${settings.loadBalancer.nodePort}: the shop is reached by a node's address, ` +
        "from this machine only, and not while that node is away.",
    );
  } else {
    config["url"] = "http://127.0.0.1:8080";
    degraded.push(
      `The cluster publishes no port ${settings.loadBalancer.nodePort}: the shop is reached while this runs: ` +
        `kubectl --context ${context} -n ${settings.namespace} port-forward service/load-balancer 8080:80.`,
    );
  }
}

/** Checks that the nodes can pull the images that are built here. */
function imageWay({ context, withoutCertsD }: ClusterObjects, settings: Settings, { kind, refusals }: Preflight): void {
  if (settings.images.webApp && settings.images.postgres) return;
  if (kind === "kind" && withoutCertsD.length > 0) {
    refusals.push(
      `Node ${withoutCertsD[0]} reads no registry from /etc/containerd/certs.d, so it cannot be taught the local ` +
        "one; make the cluster anew with kind 0.27 or newer, or set webAppImage and postgresImage.",
    );
  }
  if (kind === "other" && settings.registry.startsWith("localhost")) {
    refusals.push(
      `The nodes of ${context} cannot pull from ${settings.registry}; set webAppImage and postgresImage to ` +
        "images they can pull, or registry to one that both sides reach.",
    );
  }
}

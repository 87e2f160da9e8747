import { quantity } from "./quantity";

/** CPU in cores and memory in bytes. */
export interface Amount {
  cpu: number;
  memory: number;
}

/** Pods of one kind and what each reserves. */
export interface Demand extends Amount {
  /** Name of the workload. */
  workload: string;
  /** Pods that must have a place; for a `perNode` one, on each node. */
  pods: number;
  /** Pods it may grow to where the cluster is whole. */
  most: number;
  /** A DaemonSet's pod runs on every node. */
  perNode: boolean;
  /** Two of its pods may not share a node, so with a node lost one of them waits for that node. */
  onePerNode: boolean;
}

/** A resource as the program registers it. */
interface GraphResource {
  type: string;
  props: any;
}

/** What the cluster's own pods reserve on the workers: CoreDNS, metrics-server, and on each node the network's pod. */
export const SYSTEM_DEMAND: Demand[] = [
  { workload: "coredns", pods: 2, most: 2, perNode: false, onePerNode: false, cpu: 0.1, memory: 70 * 2 ** 20 },
  { workload: "metrics-server", pods: 1, most: 1, perNode: false, onePerNode: false, cpu: 0.1, memory: 200 * 2 ** 20 },
  { workload: "cluster network", pods: 1, most: 1, perNode: true, onePerNode: false, cpu: 0.1, memory: 64 * 2 ** 20 },
];

/** What a pod reserves: its containers together, or one init container if that wants more. */
export function podRequests(spec: any): Amount {
  const of = (container: any, what: "cpu" | "memory") => quantity(String(container.resources?.requests?.[what] ?? "0"));
  const init: any[] = spec.initContainers ?? [];
  // A sidecar is an init container that is kept running, so it counts with the others.
  const running = [...spec.containers, ...init.filter(({ restartPolicy }) => restartPolicy === "Always")];
  const amount = (what: "cpu" | "memory") =>
    Math.max(running.reduce((sum, container) => sum + of(container, what), 0), ...init.map((container) => of(container, what)));
  return { cpu: amount("cpu"), memory: amount("memory") };
}

function excludesItself(spec: any): boolean {
  const required: any[] = spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return required.some(({ topologyKey }) => topologyKey === "kubernetes.io/hostname");
}

/** What the workloads of a program's graph reserve, surge pods of rolling updates included. */
export function graphDemand(graph: readonly GraphResource[]): Demand[] {
  const named = (suffix: string) => graph.filter(({ type }) => type.startsWith("kubernetes:") && type.endsWith(suffix)).map(({ props }) => props);
  const bounds = new Map(named(":HorizontalPodAutoscaler").map(({ spec }) => [spec.scaleTargetRef.name, spec]));
  const demand = (props: any, pods: number, most: number, perNode = false): Demand => ({
    workload: props.metadata.name, pods, most, perNode,
    onePerNode: excludesItself(props.spec.template.spec), ...podRequests(props.spec.template.spec),
  });
  return [
    ...named(":Deployment").map((props) => {
      const scaling = bounds.get(props.metadata.name);
      const surge = props.spec.strategy?.rollingUpdate?.maxSurge === 0 || props.spec.strategy?.type === "Recreate" ? 0 : 1;
      const least = scaling?.minReplicas ?? props.spec.replicas ?? 1;
      return demand(props, least + surge, (scaling?.maxReplicas ?? least) + surge);
    }),
    ...named(":StatefulSet").map((props) => demand(props, props.spec.replicas ?? 1, props.spec.replicas ?? 1)),
    // One that chooses its nodes runs on two of them, the fewest that survive a loss.
    ...named(":DaemonSet").map((props) => (props.spec.template.spec.nodeSelector ? demand(props, 2, 2) : demand(props, 1, 1, true))),
  ];
}

/** Where the pods stand, and which found no place. */
export interface Placement {
  nodes: number;
  /** Reserved by all pods together. */
  needed: Amount;
  /** Offered by all nodes together. */
  offered: Amount;
  /** Names of the workloads that have a pod without a place, once for each such pod. */
  unplaced: string[];
}

/**
 * Places pods as the scheduler does by default, the largest first and each on the node with the most CPU free.
 *
 * @param demands what is to be placed
 * @param nodes number of (equal) nodes
 * @param node what one of them offers
 * @param growth whether autoscaled workloads are at their maximum
 */
export function place(demands: readonly Demand[], nodes: number, node: Amount, growth: boolean): Placement {
  const daemons = demands.filter(({ perNode }) => perNode);
  const free = Array.from({ length: nodes }, () => ({
    cpu: node.cpu - sum(daemons, "cpu"), memory: node.memory - sum(daemons, "memory"), held: new Set<string>(),
  }));
  const pods = demands
    .filter(({ perNode }) => !perNode)
    .flatMap((demand) => {
      const count = growth ? demand.most : demand.pods;
      return Array<Demand>(demand.onePerNode ? Math.min(count, nodes) : count).fill(demand);
    })
    .sort((a, b) => b.cpu - a.cpu);
  const unplaced: string[] = [];
  for (const pod of pods) {
    const [best] = free
      .filter((room) => room.cpu >= pod.cpu - 1e-9 && room.memory >= pod.memory && !(pod.onePerNode && room.held.has(pod.workload)))
      .sort((a, b) => b.cpu - a.cpu);
    if (!best) {
      unplaced.push(pod.workload);
      continue;
    }
    best.cpu -= pod.cpu;
    best.memory -= pod.memory;
    best.held.add(pod.workload);
  }
  const needed = (what: keyof Amount) => sum(pods, what) + nodes * sum(daemons, what);
  return {
    nodes,
    needed: { cpu: needed("cpu"), memory: needed("memory") },
    offered: { cpu: nodes * node.cpu, memory: nodes * node.memory },
    unplaced,
  };
}

function sum(demands: readonly Amount[], what: keyof Amount): number {
  return demands.reduce((total, demand) => total + demand[what], 0);
}

/** Both cases a stack must fit in. */
export interface Capacity {
  /** All nodes, every autoscaler at its maximum. */
  whole: Placement;
  /** One node lost, autoscalers at their minimum, a rolling update going on. */
  oneNodeLost: Placement;
}

/**
 * Whether a stack fits its cluster, whole and with a node lost.
 *
 * @param system what runs there besides; @default `SYSTEM_DEMAND`
 */
export function capacity(
  graph: readonly GraphResource[], cluster: { nodes: number; nodeCpu: string; nodeMemory: string }, system: readonly Demand[] = SYSTEM_DEMAND,
): Capacity {
  const demands = [...system, ...graphDemand(graph)];
  const node = { cpu: quantity(cluster.nodeCpu), memory: quantity(cluster.nodeMemory) };
  return { whole: place(demands, cluster.nodes, node, true), oneNodeLost: place(demands, Math.max(cluster.nodes - 1, 1), node, false) };
}

/** One sentence on what is missing, or nothing where everything has its place. */
export function shortage({ nodes, needed, offered, unplaced }: Placement): string | undefined {
  if (unplaced.length === 0) return undefined;
  const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
  return `${nodes} ${nodes === 1 ? "node offers" : "nodes offer"} ${offered.cpu.toFixed(1)} CPU and ${gib(offered.memory)} GiB, the stack reserves ${needed.cpu.toFixed(1)} CPU `
    + `and ${gib(needed.memory)} GiB: no room for ${[...new Set(unplaced)].join(", ")}.`;
}

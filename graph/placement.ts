import { graphDemand, SYSTEM_DEMAND, type Amount, type Demand, type GraphResource } from "./demand";
import { quantity } from "./quantity";

/** The result of placing pods on nodes. */
export interface Placement {
  nodes: number;
  /** Reserved by all pods together. */
  needed: Amount;
  /** Offered by all nodes together. */
  offered: Amount;
  /** Names of workloads with a pod that does not fit, once for each such pod. */
  unplaced: string[];
}

/**
 * Places pods as the scheduler does by default: the largest first, each on the node with the most free CPU.
 *
 * @param demands what is to be placed
 * @param nodes number of (equal) nodes
 * @param node what one of them offers
 * @param growth whether autoscaled workloads are at their maximum
 */
export function place(demands: readonly Demand[], nodes: number, node: Amount, growth: boolean): Placement {
  const daemons = demands.filter(({ perNode }) => perNode);
  const free = Array.from({ length: nodes }, () => ({
    cpu: node.cpu - sum(daemons, "cpu"),
    memory: node.memory - sum(daemons, "memory"),
    held: new Set<string>(),
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
      .filter(
        (room) =>
          room.cpu >= pod.cpu - 1e-9 && room.memory >= pod.memory && !(pod.onePerNode && room.held.has(pod.workload)),
      )
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

/** The two cases in which a stack must fit. */
export interface Capacity {
  /** All nodes, every autoscaler at its maximum. */
  whole: Placement;
  /** One node lost, autoscalers at their minimum, a rolling update going on. */
  oneNodeLost: Placement;
}

/**
 * Places a stack on its cluster, with all nodes and with one node lost.
 *
 * @param system the cluster's own pods; @default `SYSTEM_DEMAND`
 */
export function capacity(
  graph: readonly GraphResource[],
  cluster: { nodes: number; nodeCpu: string; nodeMemory: string },
  system: readonly Demand[] = SYSTEM_DEMAND,
): Capacity {
  const demands = [...system, ...graphDemand(graph)];
  const node = { cpu: quantity(cluster.nodeCpu), memory: quantity(cluster.nodeMemory) };
  return {
    whole: place(demands, cluster.nodes, node, true),
    oneNodeLost: place(demands, Math.max(cluster.nodes - 1, 1), node, false),
  };
}

/** The sentence about pods that do not fit; undefined where all fit. */
export function shortage({ nodes, needed, offered, unplaced }: Placement): string | undefined {
  if (unplaced.length === 0) return undefined;
  const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
  return (
    `${nodes} ${nodes === 1 ? "node offers" : "nodes offer"} ${offered.cpu.toFixed(1)} CPU and ` +
    `${gib(offered.memory)} GiB, the stack reserves ${needed.cpu.toFixed(1)} CPU ` +
    `and ${gib(needed.memory)} GiB: no room for ${[...new Set(unplaced)].join(", ")}.`
  );
}

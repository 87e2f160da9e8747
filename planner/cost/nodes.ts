/** A machine size of the price list. */
export interface NodeSize {
  name: string;
  cpu: number;
  memoryGiB: number;
  pricePerMonth: number;
}

/** The pods of one workload, with what each of them requests. */
export interface Workload {
  name: string;
  replicas: number;
  /** Cores. */
  cpu: number;
  memoryGiB: number;
}

/**
 * What the kubelet, kube-proxy, the CNI and node-exporter reserve on every machine: orders of magnitude from the
 * providers' node-allocatable documentation.
 */
const RESERVED = { cpu: 0.2, memoryGiB: 0.8 };
/** Machines in a cluster at most: a plan that needs more should use a larger size. */
const MOST_NODES = 500;

/**
 * Requests of everything that runs beside the web tier, in cores and GiB, as `prod` declares it; a test compares them
 * with the program (`commands/plan/other-workloads.test.ts`). What runs on every node is in `RESERVED`.
 */
export const OTHER_WORKLOADS: Workload[] = [
  { name: "load-balancer", replicas: 2, cpu: 0.1, memoryGiB: 0.063 },
  { name: "postgres", replicas: 3, cpu: 0.26, memoryGiB: 0.367 },
  { name: "postgres-pooler", replicas: 2, cpu: 0.09, memoryGiB: 0.109 },
  { name: "postgres-pooler-ro", replicas: 2, cpu: 0.09, memoryGiB: 0.109 },
  { name: "postgres-backup", replicas: 1, cpu: 0.02, memoryGiB: 0.047 },
  { name: "redis", replicas: 3, cpu: 0.07, memoryGiB: 0.426 },
  { name: "redis-sentinel", replicas: 3, cpu: 0.04, memoryGiB: 0.082 },
  { name: "prometheus", replicas: 2, cpu: 0.05, memoryGiB: 0.25 },
  { name: "alertmanager", replicas: 3, cpu: 0.01, memoryGiB: 0.031 },
  { name: "kube-state-metrics", replicas: 1, cpu: 0.01, memoryGiB: 0.031 },
  { name: "coredns", replicas: 2, cpu: 0.1, memoryGiB: 0.068 },
  { name: "metrics-server", replicas: 1, cpu: 0.1, memoryGiB: 0.195 },
];

/** Space of every volume that `prod` declares, in GiB, compared by the same test. */
export const VOLUMES_GIB = 356;

/**
 * Fewest machines of one size that hold everything with any one of them away (a drain, an upgrade, a loss), at least
 * one a zone and three in all. Packed largest pod first onto the first machine with room (first-fit decreasing), which
 * needs at most 11/9 of the best packing (Johnson, 1973). A lost zone takes its pods with it and is planned for in the
 * replica counts, not here.
 *
 * @returns undefined if the largest pod fits on no machine of this size
 */
export function nodesNeeded(workloads: Workload[], node: NodeSize, zones: number): number | undefined {
  const pods = workloads
    .flatMap((w) => Array.from({ length: w.replicas }, () => w))
    .sort((a, b) => b.cpu - a.cpu || b.memoryGiB - a.memoryGiB);
  const bins: { cpu: number; memoryGiB: number }[] = [];
  for (const pod of pods) {
    let bin = bins.find((b) => b.cpu >= pod.cpu - 1e-9 && b.memoryGiB >= pod.memoryGiB - 1e-9);
    if (!bin) {
      bin = { cpu: node.cpu - RESERVED.cpu, memoryGiB: node.memoryGiB - RESERVED.memoryGiB };
      if (bin.cpu < pod.cpu || bin.memoryGiB < pod.memoryGiB || bins.length >= MOST_NODES) return undefined;
      bins.push(bin);
    }
    bin.cpu -= pod.cpu;
    bin.memoryGiB -= pod.memoryGiB;
  }
  return Math.max(3, zones, bins.length + 1);
}

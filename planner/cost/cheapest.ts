import { PlanError, requireNumber } from "../errors";
import { planWeb, type WebPlan } from "../plan/web";
import type { Load, Slo, Topology } from "../plan/load";
import { nodesNeeded, type NodeSize, type Workload } from "./nodes";

/** Price list, as in the prices file. */
export interface Prices {
  /** For display, for example "USD". */
  currency: string;
  /** Machine sizes with their price. */
  nodes: NodeSize[];
  /** Price of a GiB of volume for a month. */
  volumeGiBMonth: number;
  /** CPU limits of a web pod to try, in cores. */
  podCores: number[];
}

/** One way to buy the stack. */
export interface Purchase {
  node: NodeSize;
  nodes: number;
  podCores: number;
  web: WebPlan;
  pricePerMonth: number;
}

/** Memory request of a web pod in GiB: the component's default of 256Mi. */
const WEB_MEMORY_GIB = 0.25;

/** Total of a bill: Σ price × count. */
export function totalCost(items: { price: number; count: number }[]): number {
  return items.reduce((sum, { price, count }) => sum + price * count, 0);
}

/**
 * The cheapest way to keep the promise, of every web pod size × machine size, each with the fewest replicas and
 * machines that do. Sizes that cannot keep it are passed over; the search is exhaustive, since the lists are short.
 *
 * @param others requests of everything else that runs in the cluster
 * @param volumesGiB volume space in all
 * @returns all feasible purchases, cheapest first, fewer pods before more
 * @throws PlanError if there is none, with the reason of the largest pod size
 */
export function purchases(
  load: Load,
  slo: Slo,
  topology: Topology,
  prices: Prices,
  others: Workload[],
  volumesGiB: number,
): Purchase[] {
  for (const node of prices.nodes) requireNumber(`prices of node ${node.name}`, node.pricePerMonth, { above: 0 });
  let reason: PlanError | undefined;
  const found: Purchase[] = [];
  for (const podCores of prices.podCores) {
    let web: WebPlan;
    try {
      web = planWeb(load, slo, { ...topology, podCores });
    } catch (error) {
      if (!(error instanceof PlanError)) throw error;
      reason = error;
      continue;
    }
    const webPods: Workload = {
      name: "web-app",
      replicas: web.maxReplicas,
      cpu: parseInt(web.requests.cpu, 10) / 1000,
      memoryGiB: WEB_MEMORY_GIB,
    };
    for (const node of prices.nodes) {
      const nodes = nodesNeeded([webPods, ...others], node, topology.zones);
      if (nodes === undefined) continue;
      const pricePerMonth = totalCost([
        { price: node.pricePerMonth, count: nodes },
        { price: prices.volumeGiBMonth, count: volumesGiB },
      ]);
      found.push({ node, nodes, podCores, web, pricePerMonth });
    }
  }
  if (found.length === 0) {
    throw (
      reason ??
      new PlanError(
        "prices.nodes",
        prices.nodes.map((n) => n.name).join(", ") || "empty",
        "the largest pod fits on none of them",
        "Add a larger machine size to the prices file",
      )
    );
  }
  return found.sort((a, b) => a.pricePerMonth - b.pricePerMonth || a.web.maxReplicas - b.web.maxReplicas);
}

import type { V1Node, V1Pod } from "@kubernetes/client-node";
import { podRequests, type Amount, type Demand } from "../../graph/demand";
import { place, shortage } from "../../graph/placement";
import { quantity } from "../../graph/quantity";

/** Percentages to which the stack's CPU requests are lowered until it fits. Below 10 % hardly anything is reserved. */
const PERCENTS = [100, 75, 50, 25, 10];

/** The CPU and memory that other pods leave free, on the node with the least of each. */
export function leastFree(nodes: V1Node[], pods: V1Pod[], ours: string[]): Amount {
  const free = nodes.map((node) => {
    const there = pods.filter(
      ({ metadata, spec, status }) =>
        spec?.nodeName === node.metadata?.name &&
        !ours.includes(metadata?.namespace ?? "") &&
        !["Succeeded", "Failed"].includes(status?.phase ?? ""),
    );
    const reserved = there.map(({ spec }) => podRequests(spec));
    const left = (what: keyof Amount): number =>
      quantity(node.status?.allocatable?.[what] ?? "0") - reserved.reduce((sum, amount) => sum + amount[what], 0);
    return { cpu: Math.max(0, left("cpu")), memory: Math.max(0, left("memory")) };
  });
  return { cpu: Math.min(...free.map(({ cpu }) => cpu)), memory: Math.min(...free.map(({ memory }) => memory)) };
}

/** How well a stack fits on a cluster. */
export interface Fit {
  /** Largest percentage of the CPU requests at which every pod fits on all nodes; undefined where none fits. */
  percent: number | undefined;
  /** What is missing at that percentage when one node is lost; always undefined for a single node. */
  oneNodeLost: string | undefined;
  /** What is missing at the lowest percentage; undefined where the stack fits. */
  missing: string | undefined;
}

/** Lowers the CPU requests until the stack fits. */
export function fit(demands: readonly Demand[], nodes: number, free: Amount): Fit {
  const at = (percent: number, count: number): string | undefined =>
    shortage(
      place(
        demands.map((demand) => ({ ...demand, cpu: (demand.cpu * percent) / 100 })),
        count,
        free,
        false,
      ),
    );
  const percent = PERCENTS.find((candidate) => at(candidate, nodes) === undefined);
  return {
    percent,
    oneNodeLost: percent !== undefined && nodes > 1 ? at(percent, nodes - 1) : undefined,
    missing: percent === undefined ? at(PERCENTS.at(-1)!, nodes) : undefined,
  };
}

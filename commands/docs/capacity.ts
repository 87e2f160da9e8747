import { graphDemand, SYSTEM_DEMAND } from "../../graph/demand";
import { capacity } from "../../graph/placement";
import type { Declared } from "../../stack-graph";
import { table } from "./sections";

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/**
 * Table of what the stack and the cluster's own pods reserve in each environment, and whether it fits with a node lost.
 */
export function roomTable(all: Declared[]): string {
  return table(
    ["", "cluster", "reserved, autoscaler at its maximum", "with one node lost", "largest pod"],
    all.map(({ environment, graph, cluster }) => {
      const { whole, oneNodeLost } = capacity(graph, cluster);
      const largest = [...graphDemand(graph), ...SYSTEM_DEMAND].sort((a, b) => b.cpu - a.cpu)[0];
      return [
        `\`${environment}\``,
        `${cluster.nodes} nodes of ${cluster.nodeCpu} CPU, ${cluster.nodeMemory}`,
        `${whole.needed.cpu.toFixed(2)} of ${whole.offered.cpu} CPU, ${gib(whole.needed.memory)} of ` +
          `${gib(whole.offered.memory)}`,
        `${oneNodeLost.needed.cpu.toFixed(2)} of ${oneNodeLost.offered.cpu} CPU, ` +
          `${gib(oneNodeLost.needed.memory)} of ${gib(oneNodeLost.offered.memory)}` +
          `${oneNodeLost.unplaced.length > 0 ? `; no place for ${[...new Set(oneNodeLost.unplaced)].join(", ")}` : ""}`,
        largest ? `${largest.workload}: ${largest.cpu.toFixed(2)} CPU, ${gib(largest.memory)}` : "",
      ];
    }),
  );
}

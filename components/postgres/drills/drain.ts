import { nodeNamed } from "../../../cluster/state";
import type { Drill } from "../../../drills/drill";
import { clusterWide } from "../../../drills/stack/command";
import { POSTGRES } from "../operations";
import { primaryOf, primaryOnWorker } from "./subject";

/** The primary's node is taken out of service, with all that runs on it; the primary is what must hand over. */
export const DRAIN_DRILLS: Drill[] = [
  {
    name: "drain",
    title: "The node of the Postgres primary is drained, as for its maintenance.",
    needsNodeContainers: false,
    isolatedFrom: POSTGRES,
    guard: primaryOnWorker,
    plan: (state) => {
      const primary = primaryOf(state);
      const node = nodeNamed(state, primary.node).name;
      return {
        target: `${node}, with ${primary.name}`,
        pods: state.pods.filter((pod) => pod.node === node).map((pod) => pod.name),
        nodes: [node],
        fault: [clusterWide("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=240s")],
        heal: [clusterWide("uncordon", node)],
      };
    },
    hold: { atLeast: 5, atMost: 60 },
    expect: { writeOutageSeconds: 2, readOutageSeconds: 1, failedWrites: 0, failedReads: 0, wholeAgainSeconds: 180 },
  },
];

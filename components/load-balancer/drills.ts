import { nodeNamed, podsOf } from "../../cluster/state";
import type { Drill } from "../../drills/drill";
import { signalInPod } from "../../drills/faults/process";

/** The workload's name in this repository's stack. */
const BALANCER = "load-balancer";

/** The faults of the balancer and what it promises under them; for commands, never for the constructor. */
export const BALANCER_DRILLS: Drill[] = [
  {
    name: "balancer-killed",
    title: "The process of the balancer that carries the load gets kill -9.",
    needsNodeContainers: true,
    plan: (state) => {
      const entry = podsOf(state, BALANCER);
      // The published port leads to the control plane's node, and a node's port to that node's own balancer only.
      const pod = entry.find((candidate) => nodeNamed(state, candidate.node).controlPlane) ?? entry[0];
      if (!pod) throw new Error(`no pod of ${BALANCER}`);
      return {
        target: `${pod.name} on ${pod.node}`,
        pods: [pod.name],
        nodes: [],
        fault: [signalInPod(nodeNamed(state, pod.node), pod, "^[^ ]*haproxy ", "KILL")],
        heal: [],
      };
    },
    hold: { atLeast: 10, atMost: 60 },
    expect: { wholeAgainSeconds: 60 },
  },
];

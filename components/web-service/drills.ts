import { podsOf } from "../../cluster/state";
import type { Drill } from "../../drills/drill";
import { signalInPod } from "../../drills/faults/process";
import { clusterWide, kubectl } from "../../drills/stack/command";
import { atOnePod, WEB } from "./drills/subject";

/** What happens to its pods. A well-run web tier loses nothing in any of these. */
export const WEB_POD_DRILLS: Drill[] = [
  {
    name: "web-pod-killed",
    title: "The process of one web pod gets kill -9.",
    needsNodeContainers: true,
    isolatedFrom: WEB,
    plan: atOnePod((_state, pod, node) => ({ fault: [signalInPod(node, pod, "^[^ ]*node ", "KILL")] })),
    hold: { atLeast: 10, atMost: 60 },
    expect: { writeOutageSeconds: 1, readOutageSeconds: 1, wholeAgainSeconds: 60 },
  },
  {
    name: "rollout",
    title: "The web tier is rolled out anew.",
    needsNodeContainers: false,
    plan: (state) => {
      const pods = podsOf(state, WEB).map((pod) => pod.name);
      return {
        target: pods.join(", "),
        pods,
        nodes: [],
        fault: [
          kubectl(state, "rollout", "restart", `deployment/${WEB}`),
          kubectl(state, "rollout", "status", `deployment/${WEB}`, "--timeout=300s"),
        ],
        heal: [],
      };
    },
    hold: { atLeast: 5, atMost: 30 },
    expect: { writeOutageSeconds: 1, readOutageSeconds: 1, failedWrites: 0, failedReads: 0, wholeAgainSeconds: 60 },
  },
];

/** What comes from around it: more readers than it was sized for, and the cluster's DNS away. */
export const WEB_LOAD_DRILLS: Drill[] = [
  {
    name: "overload",
    title: "Four hundred more readers a second come for two minutes.",
    needsNodeContainers: false,
    surgePerSecond: 400,
    plan: (state) => ({
      target: podsOf(state, WEB)
        .map((pod) => pod.name)
        .join(", "),
      pods: [],
      nodes: [],
      fault: [],
      heal: [],
    }),
    hold: { atLeast: 120, atMost: 120 },
    expect: { writeOutageSeconds: 2, readOutageSeconds: 2, wholeAgainSeconds: 60 },
  },
  {
    name: "dns-away",
    title: "The cluster's DNS is gone for three minutes.",
    needsNodeContainers: false,
    plan: (_state) => ({
      target: "deployment coredns",
      pods: [],
      nodes: [],
      fault: [clusterWide("-n", "kube-system", "scale", "deployment/coredns", "--replicas=0")],
      heal: [
        clusterWide("-n", "kube-system", "scale", "deployment/coredns", "--replicas=2"),
        clusterWide("-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=120s"),
      ],
    }),
    hold: { atLeast: 180, atMost: 180 },
    expect: { writeOutageSeconds: 1, readOutageSeconds: 1, failedWrites: 0, failedReads: 0, wholeAgainSeconds: 120 },
  },
];

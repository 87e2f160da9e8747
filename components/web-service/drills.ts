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

/**
 * Asks one label more of the pods behind the cluster's DNS, which none has, or no longer. The number of its pods is the
 * cluster's own, and stays as it is.
 */
const dnsNeeds = (drill: "away" | null) =>
  clusterWide(
    ...["-n", "kube-system", "patch", "service", "kube-dns", "--type=merge"],
    ...["-p", JSON.stringify({ spec: { selector: { "holdfast.dev/drill": drill } } })],
  );

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
      target: "service kube-dns",
      pods: [],
      nodes: [],
      fault: [dnsNeeds("away")],
      heal: [dnsNeeds(null)],
    }),
    hold: { atLeast: 180, atMost: 180 },
    expect: { writeOutageSeconds: 1, readOutageSeconds: 1, failedWrites: 0, failedReads: 0, wholeAgainSeconds: 120 },
  },
];

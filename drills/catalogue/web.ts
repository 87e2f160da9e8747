import { nodeNamed, podsOf, type PodState } from "../../cluster/state";
import type { Drill } from "../drill";
import { signalInPod } from "../faults/process";
import { clusterWide, kubectl } from "../stack/command";
import { postgresPrimary, type StackState } from "../stack/state";
import { postgresPrimaryOnWorker } from "./guards";

/** The first pod of a workload by name: any will do, and the same one every time. */
function anyOf(state: StackState, workload: string): PodState {
  const pod = podsOf(state, workload)[0];
  if (!pod) throw new Error(`no pod of ${workload}`);
  return pod;
}

/** The web tier, the balancer, and what both lean on. A well-run web tier loses nothing in any of these. */
export const WEB_DRILLS: Drill[] = [
  {
    name: "web-pod-killed",
    title: "The process of one web pod gets kill -9.",
    needsNodeContainers: true,
    isolatedFrom: "web-app",
    plan: (state) => {
      const pod = anyOf(state, "web-app");
      const node = nodeNamed(state, pod.node);
      return {
        target: pod.name,
        pods: [pod.name],
        nodes: [],
        fault: [signalInPod(node, pod, "^[^ ]*node ", "KILL")],
        heal: [],
      };
    },
    hold: { atLeast: 10, atMost: 60 },
    expect: { writeOutageSeconds: 1, readOutageSeconds: 1, wholeAgainSeconds: 60 },
  },
  {
    name: "rollout",
    title: "The web tier is rolled out anew.",
    needsNodeContainers: false,
    plan: (state) => {
      const pods = podsOf(state, "web-app").map((pod) => pod.name);
      return {
        target: pods.join(", "),
        pods,
        nodes: [],
        fault: [
          kubectl(state, "rollout", "restart", "deployment/web-app"),
          kubectl(state, "rollout", "status", "deployment/web-app", "--timeout=300s"),
        ],
        heal: [],
      };
    },
    hold: { atLeast: 5, atMost: 30 },
    expect: { writeOutageSeconds: 1, readOutageSeconds: 1, failedWrites: 0, failedReads: 0, wholeAgainSeconds: 60 },
  },
  {
    name: "drain",
    title: "The node of the Postgres primary is drained, as for its maintenance.",
    needsNodeContainers: false,
    isolatedFrom: "postgres",
    guard: postgresPrimaryOnWorker,
    plan: (state) => {
      const primary = postgresPrimary(state);
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
  {
    name: "balancer-killed",
    title: "The process of the balancer that carries the load gets kill -9.",
    needsNodeContainers: true,
    plan: (state) => {
      const entry = podsOf(state, "load-balancer");
      // The published port leads to the control plane's node, and a node's port to that node's own balancer only.
      const pod =
        entry.find((candidate) => nodeNamed(state, candidate.node).controlPlane) ?? anyOf(state, "load-balancer");
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
  {
    name: "overload",
    title: "Four hundred more readers a second come for two minutes.",
    needsNodeContainers: false,
    surgePerSecond: 400,
    plan: (state) => ({
      target: podsOf(state, "web-app")
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

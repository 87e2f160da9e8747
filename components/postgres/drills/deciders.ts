import { nodeNamed, controlPlane, podsOf } from "../../../cluster/state";
import type { Drill } from "../../../drills/drill";
import { restartAllNodes } from "../../../drills/faults/node";
import { NO_SUCH_PROCESS, signalInPod, signalOnNode, stopStutter, stutter } from "../../../drills/faults/process";
import { kubectl } from "../../../drills/stack/command";
import { SYNC_STATE } from "./alone";
import { PATRONI, POSTMASTER } from "./faults";
import { POSTGRES } from "../operations";
import { atPrimary, canFailOver, primaryOf, severalMembers, straightTo } from "./subject";
import { fillVolumeOf } from "./volume";

/** How long a new controller manager takes to hold the lock of its predecessor (15 s lease) and to sweep once. */
const CONTROLLER_TAKES_OVER_SECONDS = 25;

/** Command line of the API server. */
const API_SERVER = "^[^ ]*kube-apiserver ";

/** What users may feel where only those who decide are away: a second, and no failover. */
const UNNOTICED: Drill["expect"] = {
  writeOutageSeconds: 1,
  readOutageSeconds: 1,
  failedWrites: 0,
  failedReads: 0,
  failovers: 0,
  wholeAgainSeconds: 120,
};

/** What decides about the database fails, rather than the database: Patroni, its store, or everything at once. */
export const DECIDER_DRILLS: Drill[] = [
  {
    name: "patroni-frozen",
    title: "Patroni on the primary stops (SIGSTOP) while PostgreSQL lives on; a second writer goes straight to it.",
    needsNodeContainers: true,
    also: ["direct"],
    isolatedFrom: POSTGRES,
    guard: canFailOver,
    plan: atPrimary((_state, primary, node) => ({
      fault: [signalInPod(node, primary, PATRONI, "STOP")],
      // The kubelet may have ended the frozen one meanwhile.
      heal: [{ ...signalInPod(node, primary, PATRONI, "CONT"), fineIf: NO_SUCH_PROCESS }],
      direct: straightTo(primary),
    })),
    hold: { atLeast: 40, atMost: 90 },
    expect: { writeOutageSeconds: 15, wholeAgainSeconds: 180 },
  },
  {
    name: "sync-endpoints-deleted",
    title:
      "The controller manager restarts, the object with the quorum's state is deleted, and then Patroni on the " +
      "primary stops; " +
      "a second writer goes straight to the old primary.",
    needsNodeContainers: true,
    also: ["direct"],
    isolatedFrom: POSTGRES,
    guard: canFailOver,
    plan: atPrimary((state, primary, node) => ({
      fault: [
        {
          ...signalOnNode(controlPlane(state), "^[^ ]*kube-controller-manager ", "KILL"),
          thenWaitSeconds: CONTROLLER_TAKES_OVER_SECONDS,
        },
        // Frozen first, by a moment: a living leader writes the object again within a second.
        signalInPod(node, primary, PATRONI, "STOP"),
        kubectl(state, "delete", "endpoints", SYNC_STATE, "--ignore-not-found"),
      ],
      heal: [{ ...signalInPod(node, primary, PATRONI, "CONT"), fineIf: NO_SUCH_PROCESS }],
      direct: straightTo(primary),
    })),
    hold: { atLeast: 40, atMost: 90 },
    expect: { wholeAgainSeconds: 180 },
  },
  {
    name: "postgres-all-killed",
    title: "Patroni and PostgreSQL get kill -9 on all members at once.",
    needsNodeContainers: true,
    isolatedFrom: POSTGRES,
    plan: (state) => {
      const pods = podsOf(state, POSTGRES);
      return {
        target: pods.map((pod) => pod.name).join(", "),
        pods: pods.map((pod) => pod.name),
        nodes: [],
        fault: pods.map((pod) => ({
          ...signalInPod(nodeNamed(state, pod.node), pod, `${POSTMASTER}|${PATRONI}`, "KILL"),
          together: true,
        })),
        heal: [],
      };
    },
    hold: { atLeast: 20, atMost: 120 },
    expect: { wholeAgainSeconds: 180 },
  },
  {
    name: "kubernetes-api-away",
    title: "The API server stands still for 90 seconds: it accepts connections and answers nothing.",
    needsNodeContainers: true,
    plan: (state) => ({
      target: `kube-apiserver on ${controlPlane(state).name}`,
      pods: [],
      nodes: [],
      fault: [signalOnNode(controlPlane(state), API_SERVER, "STOP")],
      // The kubelet replaces a silent API server by itself after some minutes.
      heal: [{ ...signalOnNode(controlPlane(state), API_SERVER, "CONT"), fineIf: NO_SUCH_PROCESS }],
    }),
    hold: { atLeast: 90, atMost: 90 },
    expect: UNNOTICED,
  },
  {
    name: "kubernetes-api-slow",
    title:
      "The API server stands still for 2 seconds of every 4, for ten minutes; nothing is broken, and nothing may " +
      "fail over.",
    needsNodeContainers: true,
    plan: (state) => ({
      target: `kube-apiserver on ${controlPlane(state).name}`,
      pods: [],
      nodes: [],
      fault: [stutter(controlPlane(state), API_SERVER)],
      heal: [
        stopStutter(controlPlane(state)),
        { ...signalOnNode(controlPlane(state), API_SERVER, "CONT"), fineIf: NO_SUCH_PROCESS },
      ],
    }),
    hold: { atLeast: 600, atMost: 600 },
    expect: UNNOTICED,
  },
  {
    name: "wal-volume-full",
    title: "The primary's volume fills up to the last byte.",
    needsNodeContainers: true,
    isolatedFrom: POSTGRES,
    guard: severalMembers,
    plan: (state) => {
      const leader = primaryOf(state);
      const member = podsOf(state, POSTGRES).find((pod) => pod.name !== leader.name)!;
      return {
        target: `the volume of ${member.name} on ${member.node}`,
        pods: [member.name],
        nodes: [],
        ...fillVolumeOf(state, leader, member, nodeNamed(state, member.node)),
      };
    },
    hold: { atLeast: 40, atMost: 120 },
    expect: { wholeAgainSeconds: 300 },
  },
  {
    name: "cluster-restarted",
    title: "Every node loses its power at once and gets it back.",
    needsNodeContainers: true,
    plan: (state) => ({
      target: state.nodes.map((node) => node.name).join(", "),
      pods: state.pods.map((pod) => pod.name),
      nodes: state.nodes.map((node) => node.name),
      ...restartAllNodes(state),
    }),
    hold: { atLeast: 5, atMost: 5 },
    expect: { wholeAgainSeconds: 240 },
  },
];

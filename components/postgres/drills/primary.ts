import { podsOf, type NodeState, type PodState } from "../../../cluster/state";
import type { Drill } from "../../../drills/drill";
import { deletePods } from "../../../drills/faults/kubernetes";
import { cutFromApi, cutPort, isolateNode } from "../../../drills/faults/network";
import { freezeNode, killNode } from "../../../drills/faults/node";
import { signalFromInside } from "../../../drills/faults/process";
import { kubectl } from "../../../drills/stack/command";
import { PORTS } from "../names";
import { CONTAINERS, POSTGRES } from "../operations";
import { POSTMASTER, switchover } from "./faults";
import { atPrimary, canFailOver, POOLERS, severalMembers, straightTo } from "./subject";

/** The fault is a moment, and a few seconds later all is settled. */
const BRIEF = { atLeast: 10, atMost: 60 };
/** A node that stays away until writes are steady without it. */
const UNTIL_STEADY = { atLeast: 20, atMost: 90 };

/**
 * Seconds in which nobody reaches the primary: twice what an agent waits before it takes a standby for left behind
 * (rejoin.py).
 */
const UNREACHABLE_SECONDS = 120;

/** The primary runs and leads, and nobody reaches its PostgreSQL; Patroni beside it has another port, and goes on. */
function unreachable(primary: PodState, node: NodeState): ReturnType<typeof cutPort> {
  return cutPort(node, primary, PORTS.postgres);
}

/**
 * The primary goes: in an orderly way, by a crash, with its node, or off the network. The promised numbers are the
 * design's.
 */
export const PRIMARY_DRILLS: Drill[] = [
  {
    name: "postgres-switchover",
    title: "The primary hands its role over on request.",
    needsNodeContainers: false,
    isolatedFrom: POSTGRES,
    guard: severalMembers,
    plan: atPrimary((state, primary) => ({ fault: [switchover(state, primary)] })),
    hold: BRIEF,
    expect: { writeOutageSeconds: 2, failedWrites: 0, failedReads: 0, wholeAgainSeconds: 60 },
  },
  {
    name: "postgres-rollout",
    title: "Every database pod is replaced, one after the other, as a change of image or parameters does it.",
    needsNodeContainers: false,
    isolatedFrom: POSTGRES,
    guard: severalMembers,
    plan: (state) => {
      const pods = podsOf(state, POSTGRES).map((pod) => pod.name);
      return {
        target: pods.join(", "),
        pods,
        nodes: [],
        fault: [
          kubectl(state, "rollout", "restart", `statefulset/${POSTGRES}`),
          kubectl(state, "rollout", "status", `statefulset/${POSTGRES}`, "--timeout=300s"),
        ],
        heal: [],
      };
    },
    hold: BRIEF,
    expect: { writeOutageSeconds: 2, failedWrites: 0, failedReads: 0, wholeAgainSeconds: 120 },
  },
  {
    name: "postgres-primary-deleted",
    title: "The primary's pod is deleted.",
    needsNodeContainers: false,
    isolatedFrom: POSTGRES,
    guard: severalMembers,
    plan: atPrimary((state, primary) => ({ fault: [deletePods(state, [primary.name])] })),
    hold: BRIEF,
    expect: { writeOutageSeconds: 3, failedWrites: 0, failedReads: 0, wholeAgainSeconds: 90 },
  },
  {
    name: "postgres-postmaster-killed",
    title: "The primary's postmaster gets kill -9.",
    needsNodeContainers: false,
    isolatedFrom: POSTGRES,
    guard: severalMembers,
    plan: atPrimary((state, primary) => ({
      fault: [signalFromInside(state, primary, CONTAINERS.database, POSTMASTER, "KILL")],
    })),
    hold: BRIEF,
    expect: { writeOutageSeconds: 3, failedWrites: 0, failedReads: 0, wholeAgainSeconds: 90 },
  },
  {
    name: "poolers-deleted",
    title: "All poolers, in front of the primary and of the replicas, are told to stop at once.",
    needsNodeContainers: false,
    plan: (state) => {
      const pods = POOLERS.flatMap((pooler) => podsOf(state, pooler)).map((pod) => pod.name);
      return { target: pods.join(", "), pods, nodes: [], fault: [deletePods(state, pods)], heal: [] };
    },
    hold: { atLeast: 30, atMost: 90 },
    expect: { writeOutageSeconds: 5, wholeAgainSeconds: 90 },
  },
  {
    name: "postgres-node-killed",
    title: "The node of the primary loses its power.",
    needsNodeContainers: true,
    isolatedFrom: POSTGRES,
    guard: canFailOver,
    plan: atPrimary((_state, _primary, node) => ({ nodes: [node.name], ...killNode(node) })),
    hold: UNTIL_STEADY,
    expect: { writeOutageSeconds: 12, wholeAgainSeconds: 180 },
  },
  {
    name: "postgres-node-frozen",
    title: "The node of the primary freezes: it neither answers nor closes a connection.",
    needsNodeContainers: true,
    isolatedFrom: POSTGRES,
    guard: canFailOver,
    plan: atPrimary((_state, _primary, node) => ({ nodes: [node.name], ...freezeNode(node) })),
    hold: UNTIL_STEADY,
    expect: { writeOutageSeconds: 12, wholeAgainSeconds: 180 },
  },
  {
    name: "postgres-partitioned",
    title:
      "The node of the primary is cut off from every other machine; a second writer sits on the wrong side of the cut.",
    needsNodeContainers: true,
    also: ["direct"],
    isolatedFrom: POSTGRES,
    guard: canFailOver,
    plan: atPrimary((_state, primary, node) => ({
      nodes: [node.name],
      ...isolateNode(node),
      clientNode: node.name,
      direct: straightTo(primary),
    })),
    hold: { atLeast: 40, atMost: 90 },
    expect: { writeOutageSeconds: 15, wholeAgainSeconds: 180 },
  },
  {
    name: "postgres-cut-from-api",
    title: "The primary is cut off from the Kubernetes API only; a second writer goes straight to it.",
    needsNodeContainers: true,
    also: ["direct"],
    isolatedFrom: POSTGRES,
    guard: canFailOver,
    plan: atPrimary((state, primary, node) => ({
      ...cutFromApi(state, node, primary),
      direct: straightTo(primary),
    })),
    hold: { atLeast: 60, atMost: 90 },
    expect: { writeOutageSeconds: 15, wholeAgainSeconds: 180 },
  },
  {
    name: "postgres-primary-unreachable",
    title:
      "Nobody reaches the primary's PostgreSQL for two minutes, its standbys included, while it goes on renewing " +
      "its lock.",
    needsNodeContainers: true,
    guard: severalMembers,
    plan: atPrimary((_state, primary, node) => unreachable(primary, node)),
    hold: { atLeast: UNREACHABLE_SECONDS, atMost: UNREACHABLE_SECONDS },
    expect: { copiesKept: true, wholeAgainSeconds: 180 },
  },
  {
    name: "postgres-unreachable-then-lost",
    title: "The same, and then the primary's node loses its power: what the standbys have is all there is.",
    needsNodeContainers: true,
    isolatedFrom: POSTGRES,
    guard: canFailOver,
    plan: atPrimary((_state, primary, node) => {
      const [cut, loss] = [unreachable(primary, node), killNode(node)];
      return {
        nodes: [node.name],
        fault: [...cut.fault.map((command) => ({ ...command, thenWaitSeconds: UNREACHABLE_SECONDS })), ...loss.fault],
        // The node first: it must run for anything to be removed from it.
        heal: [...loss.heal, ...cut.heal],
      };
    }),
    hold: { atLeast: UNREACHABLE_SECONDS + UNTIL_STEADY.atLeast, atMost: UNREACHABLE_SECONDS + UNTIL_STEADY.atMost },
    expect: { copiesKept: true, wholeAgainSeconds: 180 },
  },
];

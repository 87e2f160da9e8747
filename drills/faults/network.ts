import type { Plan } from "../drill";
import type { NodeState, PodState } from "../../cluster/state";
import type { StackState } from "../stack/state";
import { inNode } from "./node";

/**
 * Chains of our own in the table `mangle`: nothing else of Kubernetes' filters there, every packet passes it
 * (before and after a Service's address is translated), and undoing is removing the chains.
 */
const CHAINS = [
  { hook: "PREROUTING", chain: "HOLDFAST-IN" },
  { hook: "POSTROUTING", chain: "HOLDFAST-OUT" },
];

/** Removes the chains wherever they are; says nothing where they are not. */
const REMOVE = CHAINS.map(
  ({ hook, chain }) =>
    `while iptables -w -t mangle -D ${hook} -j ${chain} 2>/dev/null; do :; done
iptables -w -t mangle -F ${chain} 2>/dev/null
iptables -w -t mangle -X ${chain} 2>/dev/null`,
).join("\n");

function rules(node: NodeState, into: string[], outOf: string[]): Pick<Plan, "fault" | "heal"> {
  const lines = [`set -e`];
  for (const [{ hook, chain }, own] of [
    [CHAINS[0]!, into],
    [CHAINS[1]!, outOf],
  ] as const) {
    lines.push(`iptables -w -t mangle -N ${chain}`);
    lines.push(...own.map((rule) => `iptables -w -t mangle -A ${chain} ${rule} -j DROP`));
    lines.push(`iptables -w -t mangle -I ${hook} 1 -j ${chain}`);
  }
  const heal = `${REMOVE}\n! iptables-save -t mangle | grep -q HOLDFAST-`;
  return { fault: [inNode(node, lines.join("\n"))], heal: [inNode(node, heal)] };
}

/** Cuts a node off from everything outside it; what runs on it can still talk among itself. */
export const isolateNode = (node: NodeState): Pick<Plan, "fault" | "heal"> => rules(node, ["-i eth0"], ["-o eth0"]);

/**
 * Cuts one port of a pod off from everybody outside the pod, in both directions. What the pod itself calls still works.
 *
 * @param node the pod's
 */
export function cutPort(node: NodeState, pod: PodState, port: number): Pick<Plan, "fault" | "heal"> {
  // As it leaves the node a packet bears the pod's own address, on its way in and on its way back.
  return rules(node, [], [`-d ${pod.address} -p tcp --dport ${port}`, `-s ${pod.address} -p tcp --sport ${port}`]);
}

/** Port of kubeadm's API servers, which is what a packet bears once the Service's address is translated. */
const API_PORT = 6443;

/**
 * Cuts one pod off from the Kubernetes API and from nothing else. Every packet is looked at as it leaves the node,
 * so established connections are cut as well as new ones.
 *
 * @param node the pod's
 */
export function cutFromApi(state: StackState, node: NodeState, pod: PodState): Pick<Plan, "fault" | "heal"> {
  const servers = state.nodes.filter((candidate) => candidate.controlPlane);
  return rules(
    node,
    [],
    servers.map((server) => `-s ${pod.address} -d ${server.address} -p tcp --dport ${API_PORT}`),
  );
}

/** Ports of whatever a pod is cut off from, as they are once a Service's address is translated. */
export interface Ports {
  tcp: number[];
  udp?: number[];
}

/**
 * Cuts one pod off from everybody who answers on some ports, and from nothing else; established connections as well.
 *
 * @param node the pod's
 */
export function cutFrom(node: NodeState, pod: PodState, ports: Ports): Pick<Plan, "fault" | "heal"> {
  const to = (protocol: string) => (port: number) => `-s ${pod.address} -p ${protocol} --dport ${port}`;
  return rules(node, [], [...ports.tcp.map(to("tcp")), ...(ports.udp ?? []).map(to("udp"))]);
}

import { execa } from "execa";
import { NETWORK } from "./registry";

/**
 * iptables rules that keep the cluster's packets on this machine. Used only where the cluster needs nothing outside. A
 * packet to a Service address that kube-proxy does not know yet leaves the node by its default route, and a host
 * outside may hold that connection for an hour. That was seen: the metrics API and all autoscalers failed, although
 * metrics-server was healthy.
 */
async function rules(): Promise<string[][]> {
  const { stdout } = await execa("docker", ["network", "inspect", "-f", "{{slice .Id 0 12}}", NETWORK]);
  const out = ["-i", `br-${stdout.trim()}`, "!", "-o", `br-${stdout.trim()}`];
  // Replies to connections from this machine (a published port) do not pass this chain.
  return [
    [...out, "-j", "REJECT"],
    [...out, "-p", "tcp", "-j", "REJECT", "--reject-with", "tcp-reset"],
  ];
}

const CHAIN = "DOCKER-USER";

/** Inserts the rules where they are missing. */
export async function keepInside(): Promise<void> {
  for (const rule of await rules()) {
    const there = await execa("iptables", ["-C", CHAIN, ...rule], { reject: false });
    if (there.exitCode !== 0) await execa("iptables", ["-I", CHAIN, ...rule]);
  }
}

/** Removes the rules, if there are any. */
export async function letOutside(): Promise<void> {
  for (const rule of await rules().catch(() => [])) await execa("iptables", ["-D", CHAIN, ...rule], { reject: false });
}

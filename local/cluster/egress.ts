import { execa } from "execa";
import { NETWORK } from "./registry";

/**
 * Rules that keep packets of the cluster on this machine. A packet to a Service address that kube-proxy does not know
 * yet leaves the node by its default route, and whatever answers out there may hold the connection for an hour (seen:
 * the metrics API and every autoscaler dead, with a healthy metrics-server). Only where the cluster needs no outside.
 */
async function rules(): Promise<string[][]> {
  const { stdout } = await execa("docker", ["network", "inspect", "-f", "{{slice .Id 0 12}}", NETWORK]);
  const out = ["-i", `br-${stdout.trim()}`, "!", "-o", `br-${stdout.trim()}`];
  // A reply to a connection from this machine (a published port) belongs to the bridge's own traffic and never comes
  // here.
  return [
    [...out, "-j", "REJECT"],
    [...out, "-p", "tcp", "-j", "REJECT", "--reject-with", "tcp-reset"],
  ];
}

const CHAIN = "DOCKER-USER";

/** Puts the rules in front, once. */
export async function keepInside(): Promise<void> {
  for (const rule of await rules()) {
    const there = await execa("iptables", ["-C", CHAIN, ...rule], { reject: false });
    if (there.exitCode !== 0) await execa("iptables", ["-I", CHAIN, ...rule]);
  }
}

/** Takes them away again; quietly where there are none. */
export async function letOutside(): Promise<void> {
  for (const rule of await rules().catch(() => [])) await execa("iptables", ["-D", CHAIN, ...rule], { reject: false });
}

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { engineFolder } from "../paths";

const file = join(engineFolder, "network-before.json");
const FORWARDING = "/proc/sys/net/ipv4/ip_forward";

/** What a container engine changes on the host and leaves behind when it ends. */
interface NetworkState {
  rules: string;
  forwarding: string;
}

/**
 * Remembers the host's packet filter and forwarding before an engine is started; keeps an older record of a start that
 * was never undone.
 */
export async function rememberNetwork(): Promise<void> {
  if (existsSync(file)) return;
  const { stdout } = await execa("iptables-save");
  const state: NetworkState = { rules: stdout, forwarding: readFileSync(FORWARDING, "utf8").trim() };
  writeFileSync(file, JSON.stringify(state));
}

/**
 * Puts the host's network back: rules, forwarding, the engine's bridge and its namespace mount. Only after the engine
 * has ended.
 */
export async function restoreNetwork(): Promise<void> {
  if (!existsSync(file)) return;
  const { rules, forwarding } = JSON.parse(readFileSync(file, "utf8")) as NetworkState;
  await execa("ip", ["link", "delete", "docker0"], { reject: false });
  await execa("umount", ["/run/docker/netns/default"], { reject: false });
  // Tables that had no rules before are not in the record, so what the engine put into them has to go first.
  for (const table of ["filter", "nat"]) {
    await execa("iptables", ["-t", table, "-F"], { reject: false });
    await execa("iptables", ["-t", table, "-X"], { reject: false });
  }
  for (const chain of ["INPUT", "FORWARD", "OUTPUT"])
    await execa("iptables", ["-P", chain, "ACCEPT"], { reject: false });
  if (rules) await execa("iptables-restore", { input: `${rules}\n`, reject: false });
  writeFileSync(FORWARDING, forwarding);
  rmSync(file);
}

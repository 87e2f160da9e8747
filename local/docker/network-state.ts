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
 * Saves the host's packet filter and IP forwarding before an engine is started. Keeps an existing record, because the
 * start it belongs to was never undone.
 */
export async function rememberNetwork(): Promise<void> {
  if (existsSync(file)) return;
  const { stdout } = await execa("iptables-save");
  const state: NetworkState = { rules: stdout, forwarding: readFileSync(FORWARDING, "utf8").trim() };
  writeFileSync(file, JSON.stringify(state));
}

/**
 * Restores the host's network: rules, forwarding, the engine's bridge and its namespace mount. Call it after the engine
 * has ended.
 */
export async function restoreNetwork(): Promise<void> {
  if (!existsSync(file)) return;
  const { rules, forwarding } = JSON.parse(readFileSync(file, "utf8")) as NetworkState;
  await execa("ip", ["link", "delete", "docker0"], { reject: false });
  await execa("umount", ["/run/docker/netns/default"], { reject: false });
  // A table without rules is not in the record, so the engine's rules are removed from all tables first.
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

import { readFileSync } from "node:fs";

/**
 * Whether this process's bounding set lacks a capability that the kernel has. A `--privileged` container then cannot
 * start without the runtime wrapper beside this file.
 *
 * @param status text of `/proc/self/status`
 * @param lastCapability the kernel's highest capability number
 */
export function lacksCapabilities(
  status: string = readFileSync("/proc/self/status", "utf8"),
  lastCapability: string = readFileSync("/proc/sys/kernel/cap_last_cap", "utf8"),
): boolean {
  const bounding = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0"}`);
  const all = (1n << BigInt(Number(lastCapability) + 1)) - 1n;
  return (bounding & all) !== all;
}

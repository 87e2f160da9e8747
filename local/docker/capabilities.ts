import { readFileSync } from "node:fs";

/**
 * Highest capability number of the running kernel, and whether this process's bounding set lacks one below it.
 * A container asked to be `--privileged` then cannot start without the runtime wrapper beside this file.
 */
export function lacksCapabilities(
  status: string = readFileSync("/proc/self/status", "utf8"),
  lastCapability: string = readFileSync("/proc/sys/kernel/cap_last_cap", "utf8"),
): boolean {
  const bounding = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0"}`);
  const all = (1n << BigInt(Number(lastCapability) + 1)) - 1n;
  return (bounding & all) !== all;
}

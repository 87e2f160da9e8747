#!/usr/bin/env node
// An OCI runtime in front of runc for machines that withhold a capability from root (often CAP_SYS_RESOURCE):
// there `--privileged` asks for what cannot be given and every such container fails to start. This removes from
// a container's request what is not in this machine's bounding set, and hands over to runc.
import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Capability names in the order of their numbers (capabilities(7)). */
const NAMES =
  `CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT
SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG
WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE`
    .split(/\s+/)
    .map((name) => `CAP_${name}`);

const bounding = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "utf8"))[1]}`);
const permitted = new Set(NAMES.filter((_, bit) => (bounding >> BigInt(bit)) & 1n));

/** Rewrites one JSON file if its process asks for more than there is. */
function restrict(file, processOf) {
  if (!file || !existsSync(file)) return;
  const spec = JSON.parse(readFileSync(file, "utf8"));
  const capabilities = processOf(spec)?.capabilities;
  if (!capabilities) return;
  for (const set of Object.keys(capabilities))
    capabilities[set] = capabilities[set].filter((name) => permitted.has(name));
  writeFileSync(file, JSON.stringify(spec));
}

const args = process.argv.slice(2);
const given = (flag) => {
  const at = args.findIndex((arg) => arg === flag || arg.startsWith(`${flag}=`));
  return at < 0 ? undefined : args[at].includes("=") ? args[at].slice(flag.length + 1) : args[at + 1];
};
if (args.includes("create") || args.includes("run")) {
  const bundle = given("--bundle") ?? given("-b");
  restrict(bundle && join(bundle, "config.json"), (spec) => spec.process);
} else if (args.includes("exec")) {
  restrict(given("--process") ?? given("-p"), (spec) => spec);
}
const result = spawnSync("runc", args, { stdio: "inherit" });
process.exit(result.status ?? 1);

import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { repository } from "../../local/paths";

const COMPILED = { target: "es2022", module: "commonjs", moduleResolution: "node", esModuleInterop: true };

/** A Pulumi project with a state of its own, as a user has one. @returns its folder, which the test removes */
export function ownProgram(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), `holdfast-${name}-`));
  mkdirSync(join(folder, "state"));
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\nmain: index.ts\n`);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: COMPILED }));
  writeFileSync(join(folder, "index.ts"), text);
  return folder;
}

/** Tools from where the commands have them ($0); state and passphrase of the project's own ($1). */
const SCRIPT = [
  'eval "$(npm run -s env --prefix "$0")"',
  'export PULUMI_BACKEND_URL="file://$1/state" PULUMI_CONFIG_PASSPHRASE=own',
  "unset PULUMI_CONFIG_PASSPHRASE_FILE PULUMI_STACK",
  'cd "$1"',
  "shift",
  'exec pulumi "$@" --non-interactive',
].join("\n");

/**
 * Runs `pulumi` on the project of a folder that {@link ownProgram} has made; a failure is an exit code, and `all` says
 * why.
 */
export function ownPulumi(folder: string, env: Record<string, string>, ...args: string[]) {
  return execa("bash", ["-c", SCRIPT, repository, folder, ...args], { env, all: true, reject: false });
}

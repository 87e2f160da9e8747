import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { repository } from "../../local/paths";

const COMPILED = { target: "es2022", module: "commonjs", moduleResolution: "node", esModuleInterop: true };

/** Makes a Pulumi project with a state of its own. @returns its folder, which the test has to remove */
export function ownProgram(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), `holdfast-${name}-`));
  mkdirSync(join(folder, "state"));
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\nmain: index.ts\n`);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: COMPILED }));
  writeFileSync(join(folder, "index.ts"), text);
  return folder;
}

/** Text of a kubeconfig with one context. */
export function kubeconfigText(server: string, context = "fake", user = "fake"): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    contexts: [{ name: context, context: { cluster: "c", user } }],
    clusters: [{ name: "c", cluster: { server } }],
    users: [{ name: user, user: { token: "none" } }],
  });
}

/** An environment without any cluster. */
export const NOWHERE = { KUBECONFIG: "/nonexistent/kubeconfig" };

/**
 * The commands' tools ($0 is the repository), with a state and a passphrase of the test's own (in $1), in folder $2.
 */
const SCRIPT = [
  'eval "$(npm run -s env --prefix "$0")"',
  'export PATH="$1/bin:$PATH" PULUMI_BACKEND_URL="file://$1/state" PULUMI_CONFIG_PASSPHRASE=own',
  "unset PULUMI_CONFIG_PASSPHRASE_FILE PULUMI_STACK",
  'cd "$2"',
  "shift 2",
  'exec pulumi "$@" --non-interactive',
].join("\n");

/**
 * Runs `pulumi` in a folder, with the state in `own/state` and the programs of `own/bin` before the machine's. A
 * failure is an exit code, and `all` has the output.
 */
export function pulumiIn(folder: string, own: string, env: Record<string, string>, ...args: string[]) {
  return execa("bash", ["-c", SCRIPT, repository, own, folder, ...args], { env, all: true, reject: false });
}

/** Runs `pulumi` on the project of a folder that {@link ownProgram} has made, as {@link pulumiIn} does. */
export function ownPulumi(folder: string, env: Record<string, string>, ...args: string[]) {
  return pulumiIn(folder, folder, env, ...args);
}

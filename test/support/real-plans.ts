import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../../local/paths";
import { programGraph } from "../../stack-graph";
import { appliedState } from "./applied";
import { kubeconfigText, pulumiIn } from "./own-program";

/** How a kubeconfig describes one cluster: the file, and the names and the address in it. */
export interface Spelling {
  file: string;
  context: string;
  server: string;
  user: string;
}
/** The kubeconfig that the other ones differ from. */
export const PLAIN: Spelling = {
  file: "config",
  context: "kind-holdfast",
  server: "https://127.0.0.1:1",
  user: "kind-holdfast",
};
/** Identity of the cluster that the stack runs on. */
export const UID = "11111111-1111-4111-8111-111111111111";
/** Identity of another cluster. */
export const ANOTHER_UID = "22222222-2222-4222-8222-222222222222";

/** Folder of this test's state, configurations and logs. It exists between {@link begin} and {@link end}. */
export let folder: string;

/** Writes a kubeconfig. @returns its path */
export function kubeconfig({ file, context, server, user }: Spelling): string {
  const path = join(folder, file);
  writeFileSync(path, kubeconfigText(server, context, user));
  return path;
}

/** Runs `pulumi` in a folder. @throws Error with what it printed where it fails */
async function pulumi(cwd: string, args: string[], env: Record<string, string> = {}): Promise<void> {
  const { exitCode, all } = await pulumiIn(cwd, folder, env, ...args);
  if (exitCode !== 0) throw new Error(all);
}

/** What differs from one plan to another. */
export interface Circumstances {
  spelling?: Partial<Spelling>;
  /** Identity that the cluster answers with; empty where it does not answer. */
  uid?: string;
  config?: Record<string, string>;
}

/** Event log of a real preview of the real program. Only the cluster is a stand-in. */
export async function preview({ spelling = {}, uid = UID, config = {} }: Circumstances = {}): Promise<string> {
  const run = mkdtempSync(join(folder, "run-"));
  const spelled = { ...PLAIN, ...spelling };
  const images = { webAppImage: "holdfast/web-app:1", postgresImage: "holdfast/postgres:1" };
  const keys = Object.entries({ ...images, kubeContext: spelled.context, ...config });
  const own = readFileSync(join(repository, "Pulumi.dev.yaml"), "utf8").trimEnd().split("\n");
  const kept = own.filter((line) => !keys.some(([key]) => line.includes(`holdfast:${key}:`)));
  writeFileSync(
    join(run, "stack.yaml"),
    [...kept, ...keys.map(([key, value]) => `  holdfast:${key}: ${value}`), ""].join("\n"),
  );
  const files = [
    "--config-file",
    join(run, "stack.yaml"),
    "--event-log",
    join(run, "events"),
    "--save-plan",
    join(folder, "plan.json"),
  ];
  const args = ["preview", "--stack", "dev", ...files];
  await pulumi(repository, args, { KUBECONFIG: kubeconfig(spelled), CLUSTER_UID: uid, PULUMI_DEBUG_COMMANDS: "true" });
  return readFileSync(join(run, "events"), "utf8");
}

/** Imports a state into the stack. */
export async function have(state: string): Promise<void> {
  writeFileSync(join(folder, "state.json"), state);
  await pulumi(folder, ["stack", "import", "--stack", "dev", "--file", join(folder, "state.json")]);
}

/**
 * Makes the test's folder and stack.
 *
 * @returns the state that the stack has now, as if it ran on the cluster {@link UID}
 */
export async function begin(): Promise<string> {
  folder = mkdtempSync(join(tmpdir(), "holdfast-plans-"));
  for (const inside of ["state", "bin"]) mkdirSync(join(folder, inside));
  // A stand-in for kubectl, because there is no cluster.
  writeFileSync(join(folder, "bin", "kubectl"), '#!/bin/sh\nprintf %s "$CLUSTER_UID"\n');
  chmodSync(join(folder, "bin", "kubectl"), 0o755);
  writeFileSync(join(folder, "Pulumi.yaml"), "name: holdfast\nruntime: nodejs\n");
  await pulumi(folder, ["stack", "init", "dev"]);
  const applied = appliedState(
    await preview(),
    readFileSync(join(folder, "plan.json"), "utf8"),
    await programGraph("dev"),
  );
  await have(applied);
  return applied;
}

/** Removes the test's folder. */
export const end = (): void => rmSync(folder, { recursive: true, force: true });

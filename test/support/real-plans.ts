import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { repository } from "../../local/paths";
import { programGraph } from "../../stack-graph";
import { appliedState } from "./applied";

/** How one cluster may be written down: where its kubeconfig is, and what that says. */
export interface Spelling {
  file: string;
  context: string;
  server: string;
  user: string;
}
/** The spelling that the others differ from. */
export const PLAIN: Spelling = {
  file: "config",
  context: "kind-holdfast",
  server: "https://127.0.0.1:1",
  user: "kind-holdfast",
};
/** Identity of the cluster that the stack runs on, and of another one. */
export const UID = "11111111-1111-4111-8111-111111111111";
export const ANOTHER_UID = "22222222-2222-4222-8222-222222222222";

/** Where state, configurations and logs of this test are; there between {@link begin} and {@link end}. */
export let folder: string;

/** Writes a kubeconfig. @returns its path */
export function kubeconfig({ file, context, server, user }: Spelling): string {
  const path = join(folder, file);
  writeFileSync(
    path,
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": context,
      contexts: [{ name: context, context: { cluster: "c", user } }],
      clusters: [{ name: "c", cluster: { server } }],
      users: [{ name: user, user: { token: "none" } }],
    }),
  );
  return path;
}

/** Runs `pulumi`, tools from where the commands have them, state of its own. */
async function pulumi(cwd: string, args: string[], env: Record<string, string> = {}): Promise<void> {
  const script = [
    'eval "$(npm run -s env --prefix "$0")"',
    'export PATH="$1/bin:$PATH" PULUMI_BACKEND_URL="file://$1/state" PULUMI_CONFIG_PASSPHRASE=plans',
    "unset PULUMI_CONFIG_PASSPHRASE_FILE PULUMI_STACK",
    'cd "$2"',
    "shift 2",
    'pulumi "$@" --non-interactive',
  ].join("\n");
  const { exitCode, all } = await execa("bash", ["-c", script, repository, folder, cwd, ...args], {
    env,
    all: true,
    reject: false,
  });
  if (exitCode !== 0) throw new Error(all);
}

/** What may differ between two plans. */
export interface Circumstances {
  spelling?: Partial<Spelling>;
  /** What the cluster would answer; empty where it does not. */
  uid?: string;
  config?: Record<string, string>;
}

/** Event log of a real preview of the real program; only the cluster is away. */
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

/** Makes a state the stack's. */
export async function have(state: string): Promise<void> {
  writeFileSync(join(folder, "state.json"), state);
  await pulumi(folder, ["stack", "import", "--stack", "dev", "--file", join(folder, "state.json")]);
}

/**
 * Makes the folder that all this happens in.
 *
 * @returns the state as if the stack ran on the cluster {@link UID}, which is the stack's from then on
 */
export async function begin(): Promise<string> {
  folder = mkdtempSync(join(tmpdir(), "holdfast-plans-"));
  for (const inside of ["state", "bin"]) mkdirSync(join(folder, inside));
  // Says what the cluster would, because there is none.
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

/** Takes it away. */
export const end = (): void => rmSync(folder, { recursive: true, force: true });

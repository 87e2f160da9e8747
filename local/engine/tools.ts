import { chmodSync, existsSync, linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { cache } from "../paths";
import { dockerPlugin, randomPlugin } from "../steps/plugins";
import { clusterPrograms, kubernetesProvider, languageHost, pulumiCli } from "../steps/programs";
import { buildSteps, missing, stepOutput } from "../steps/runner";
import type { Step } from "../steps/step";
import { VERSIONS } from "../versions";
import { download } from "./download";
import { OFFICIAL, reachable, type Origins } from "./reach";

/** Where a tool comes from: installed by the user, downloaded from its project, or built from package registries. */
export type Origin = "there" | "downloaded" | "built";

/** Folder on PATH for the built programs that people and the engine call. */
const binFolder = join(cache, "bin");

/** PULUMI_HOME of a built engine: its plugins, without a user's credentials. */
const builtHome = join(cache, "pulumi");

/** PATH without Holdfast's own folders. */
function foreignPath(): string {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => !folder.startsWith(cache))
    .join(delimiter);
}

async function userHas(program: string): Promise<boolean> {
  return (
    (await execa("sh", ["-c", `command -v ${program}`], { reject: false, env: { PATH: foreignPath() } })).exitCode === 0
  );
}

/** Puts a built program on PATH, by a hard link: the CLI looks for its companions in the folder of its real path. */
function link(step: Step, program: string): void {
  mkdirSync(binFolder, { recursive: true });
  const target = join(binFolder, program);
  rmSync(target, { force: true });
  linkSync(join(stepOutput(step), program), target);
}

/**
 * Writes the program that starts policy packs. An older CLI looks for it in its own folder. The pack brings its own
 * SDK.
 */
function writeAnalyzer(): void {
  const file = join(binFolder, "pulumi-analyzer-policy");
  writeFileSync(
    file,
    `#!/bin/sh\nexec node "$(node -p 'require.resolve("@pulumi/pulumi/cmd/run-policy-pack")')" "$@"\n`,
  );
  chmodSync(file, 0o755);
}

/** Puts a folder first on PATH, for this process and its children. */
function prepend(folder: string): void {
  const path = (process.env["PATH"] ?? "").split(delimiter);
  if (!path.includes(folder)) process.env["PATH"] = [folder, ...path].join(delimiter);
}

/** Prefix of the file that marks a plugin's folder as Holdfast's. The rest of its name is the key of the content. */
const MARK = ".holdfast-";

async function installPlugin(name: string, version: string, step: Step): Promise<void> {
  const folder = join(builtHome, "plugins", `resource-${name}-v${version}`);
  const mark = MARK + (stepOutput(step).split("-").at(-1) ?? "");
  const there = existsSync(folder) ? readdirSync(folder) : [];
  // A plugin without our mark is the official one, which the user has installed; keep it.
  if (there.includes(mark) || (there.length > 0 && !there.some((file) => file.startsWith(MARK)))) return;
  rmSync(folder, { recursive: true, force: true });
  await execa("pulumi", ["plugin", "install", "resource", name, `v${version}`, "--file", stepOutput(step)], {
    env: { PULUMI_HOME: builtHome },
  });
  writeFileSync(join(folder, mark), "");
}

/** Steps that build the engine, in the order in which a preview needs them. */
export const ENGINE_STEPS: Step[] = [pulumiCli, languageHost, randomPlugin, dockerPlugin, kubernetesProvider];

/**
 * Makes sure that there is an engine: `pulumi`, its language host and its plugins. An official CLI installs its plugins
 * itself.
 *
 * @returns where the engine comes from
 */
export async function ensurePulumi(origins: Origins = OFFICIAL): Promise<Origin> {
  if (await userHas("pulumi")) return "there";
  const downloaded = (await reachable(origins.pulumi)) ? await download("pulumi", origins) : undefined;
  if (downloaded) {
    prepend(downloaded);
    return "downloaded";
  }
  await buildSteps(ENGINE_STEPS, "Pulumi engine");
  link(pulumiCli, "pulumi");
  link(languageHost, "pulumi-language-nodejs");
  writeAnalyzer();
  prepend(binFolder);
  process.env["PULUMI_HOME"] = builtHome;
  await installPlugin("kubernetes", VERSIONS.kubernetesProvider, kubernetesProvider);
  await installPlugin("random", VERSIONS.randomProvider, randomPlugin);
  await installPlugin("docker", VERSIONS.dockerProvider, dockerPlugin);
  return "built";
}

/** Makes sure that `kind` and `kubectl`, or those named, are on PATH. */
export async function ensureClusterTools(
  tools: readonly ("kind" | "kubectl")[] = ["kind", "kubectl"],
  origins: Origins = OFFICIAL,
): Promise<void> {
  for (const name of tools) {
    // A kubectl of another minor than the cluster's by more than one is not supported; where one is built, it is used.
    if (await userHas(name)) continue;
    const downloaded = (await reachable(origins[name])) ? await download(name, origins) : undefined;
    if (downloaded) {
      prepend(downloaded);
      continue;
    }
    await buildSteps([clusterPrograms], name);
    link(clusterPrograms, name);
    prepend(binFolder);
  }
}

/** Whether a preview works without building anything: an engine is installed, or was built before. */
export async function engineIsThere(): Promise<boolean> {
  return (await userHas("pulumi")) || (await missing(ENGINE_STEPS)).length === 0;
}

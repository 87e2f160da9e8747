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

/** Where a tool comes from: the user's own, downloaded from its project, or built here from package registries. */
export type Origin = "there" | "downloaded" | "built";

/** The built programs that people and the engine call; the one folder of them that goes on PATH. */
const binFolder = join(cache, "bin");

/** Home of an engine that was built: its plugins, and no user's credentials. */
const builtHome = join(cache, "pulumi");

/** The folders on PATH that are not Holdfast's own: what the user has. */
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

/**
 * Puts a built program on PATH; not by a symbolic link, because the CLI looks for its companions beside its real self.
 */
function link(step: Step, program: string): void {
  mkdirSync(binFolder, { recursive: true });
  const target = join(binFolder, program);
  rmSync(target, { force: true });
  linkSync(join(stepOutput(step), program), target);
}

/**
 * A policy pack is started through this program, which an older CLI looks for beside itself; the pack brings its own
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

/** Puts a folder in front of PATH for this process and all it starts. */
function prepend(folder: string): void {
  const path = (process.env["PATH"] ?? "").split(delimiter);
  if (!path.includes(folder)) process.env["PATH"] = [folder, ...path].join(delimiter);
}

/**
 * Files of this prefix in a plugin's folder say that Holdfast put it there; the rest of the name is its content's key.
 */
const MARK = ".holdfast-";

async function installPlugin(name: string, version: string, step: Step): Promise<void> {
  const folder = join(builtHome, "plugins", `resource-${name}-v${version}`);
  const mark = MARK + (stepOutput(step).split("-").at(-1) ?? "");
  const there = existsSync(folder) ? readdirSync(folder) : [];
  // Whatever lies there without our mark wins: it is the official one, put there by hand.
  if (there.includes(mark) || (there.length > 0 && !there.some((file) => file.startsWith(MARK)))) return;
  rmSync(folder, { recursive: true, force: true });
  await execa("pulumi", ["plugin", "install", "resource", name, `v${version}`, "--file", stepOutput(step)], {
    env: { PULUMI_HOME: builtHome },
  });
  writeFileSync(join(folder, mark), "");
}

/** The engine's parts where it has to be built, in the order in which a preview becomes possible. */
export const ENGINE_STEPS: Step[] = [pulumiCli, languageHost, randomPlugin, dockerPlugin, kubernetesProvider];

/**
 * Makes sure of an engine: `pulumi`, its language host and its plugins.
 *
 * @returns where it comes from; with an official CLI, plugins are that CLI's own affair
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

/** Makes sure of `kind` and `kubectl`, or of those named. */
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

/** True where a preview works without anything being built: an engine is there, or was built before. */
export async function engineIsThere(): Promise<boolean> {
  return (await userHas("pulumi")) || (await missing(ENGINE_STEPS)).length === 0;
}

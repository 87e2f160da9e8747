import { copyFileSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { execa } from "execa";
import pRetry from "p-retry";
import { Refusal } from "../../config/refusal";
import { engineFolder, localPath } from "../paths";
import { lacksCapabilities } from "./capabilities";
import { rememberNetwork, restoreNetwork } from "./network-state";

const pidFile = join(engineFolder, "dockerd.pid");
const logFile = join(engineFolder, "dockerd.log");

/** Debian packages of the engine and of what builds base images and the node image. */
const PACKAGES = ["docker.io", "iptables", "mmdebstrap", "ca-certificates"];

async function works(): Promise<boolean> {
  const result = await execa("docker", ["info", "--format", "{{.ServerVersion}}"], { reject: false, timeout: 5_000 });
  return result.exitCode === 0 && result.stdout.trim() !== "";
}

const isRoot = (): boolean => process.getuid?.() === 0;

async function onPath(program: string): Promise<boolean> {
  return (await execa("sh", ["-c", `command -v ${program}`], { reject: false })).exitCode === 0;
}

/** The facts that decide whether a container engine can be started. */
export interface EngineChances {
  platform: NodeJS.Platform;
  root: boolean;
  /** Whether `dockerd` is installed. */
  installed: boolean;
  /** Whether there is an apt-get to install it with. */
  installable: boolean;
}

/** Why no container engine can be started, in one sentence; undefined where one can. */
export function startObstacle({ platform, root, installed, installable }: EngineChances): string | undefined {
  if (platform !== "linux")
    return "Docker is not running; start Docker Desktop, Colima or OrbStack and run the command again.";
  if (!root) {
    return (
      "No container engine answers and this user may not start one; start Docker (or run as root where it may be " +
      "installed). Without one `npm run preview -- --env staging` and `npm test` work."
    );
  }
  if (installed || installable) return undefined;
  return (
    "No container engine is installed and there is no apt-get to install one with; install Docker and run the " +
    "command again."
  );
}

/**
 * Why this machine cannot run containers, decided at once and without changing anything.
 *
 * @returns one sentence; undefined where it can
 */
export async function engineObstacle(): Promise<string | undefined> {
  if (await works()) return undefined;
  const [installed, installable] = await Promise.all([onPath("dockerd"), onPath("apt-get")]);
  return startObstacle({ platform: process.platform, root: isRoot(), installed, installable });
}

/** Process id of the container engine that Holdfast has started; undefined where it does not run. */
export function ownEnginePid(): number | undefined {
  if (!existsSync(pidFile)) return undefined;
  const pid = Number(readFileSync(pidFile, "utf8"));
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("dockerd") ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function installPackages(say: (line: string) => void): Promise<void> {
  const wanted = await Promise.all([onPath("dockerd"), onPath("iptables"), onPath("mmdebstrap")]);
  if (wanted.every(Boolean)) return;
  say(`installing ${PACKAGES.join(", ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await execa("apt-get", ["update", "-qq"], { env });
  await execa("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...PACKAGES], { env });
}

/**
 * Removes files of engines that are gone, with which a new engine refuses to start. Called only when no engine answers.
 */
function removeStaleFiles(): void {
  for (const file of ["/var/run/docker.pid", "/var/run/docker.sock", "/var/run/docker/containerd/containerd.pid"])
    rmSync(file, { force: true });
}

async function start(): Promise<void> {
  mkdirSync(engineFolder, { recursive: true });
  await rememberNetwork();
  removeStaleFiles();
  // A copy, because the engine outlives the checkout that started it.
  const wrapper = join(engineFolder, "bounded-runtime.mjs");
  copyFileSync(localPath("docker/bounded-runtime.mjs"), wrapper);
  const runtime = lacksCapabilities() ? ["--add-runtime", `bounded=${wrapper}`, "--default-runtime", "bounded"] : [];
  const log = openSync(logFile, "w");
  const child = spawn("dockerd", ["--data-root", join(engineFolder, "data"), "--log-level", "warn", ...runtime], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  child.on("error", () => undefined);
  writeFileSync(pidFile, String(child.pid ?? 0));
  child.unref();
  try {
    await pRetry(
      async () => {
        if (!(await works())) throw new Error("no answer yet");
      },
      { retries: 60, minTimeout: 250, factor: 1 },
    );
  } catch {
    const last = readFileSync(logFile, "utf8").trim().split("\n").at(-1) ?? "";
    throw new Refusal(`dockerd does not start; its last word in ${logFile} is: ${last}`);
  }
}

/**
 * Makes sure that a container engine answers: an existing one, else Debian's, which this starts. Its containers and
 * images are in the cache, so that the next start finds them.
 *
 * @throws Refusal where no engine can be started
 */
export async function ensureEngine(say: (line: string) => void): Promise<void> {
  if (await works()) return;
  const obstacle = await engineObstacle();
  if (obstacle) throw new Refusal(obstacle);
  await installPackages(say);
  // Where there is an init system the package starts the engine itself.
  if (await works()) return;
  say("starting dockerd");
  await start();
}

/** Ends the engine that Holdfast has started, and no other. @returns whether there was one */
export async function stopOwnEngine(): Promise<boolean> {
  const pid = ownEnginePid();
  if (pid === undefined) return false;
  process.kill(pid, "SIGTERM");
  await pRetry(
    () => {
      if (ownEnginePid() !== undefined) throw new Error("still there");
    },
    { retries: 120, minTimeout: 250, factor: 1 },
  );
  rmSync(pidFile, { force: true });
  await restoreNetwork();
  return true;
}

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa, ExecaError } from "execa";
import { parseDocument } from "yaml";
import { PROJECT } from "../../config/parse";
import { Refusal } from "../../config/refusal";
import { repository, scratchFolder, stateFolder } from "../../local/paths";
import { rememberedTarget } from "../target/target";
import { dockerHost } from "./docker-host";
import { explained } from "./engine-errors";

/**
 * Settings every engine run of ours has: no look for a newer version, no type check at each start (CI has one), and
 * `--event-log` allowed.
 */
const QUIET = { PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_NODEJS_TRANSPILE_ONLY: "true", PULUMI_DEBUG_COMMANDS: "true" };

/** True where the user has logged in somewhere, or says where the state is; then that is where it goes. */
function usersOwnBackend(): boolean {
  if (process.env["PULUMI_BACKEND_URL"] || process.env["PULUMI_ACCESS_TOKEN"]) return true;
  const credentials = join(process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "credentials.json");
  return (
    existsSync(credentials) && Boolean((JSON.parse(readFileSync(credentials, "utf8")) as { current?: string }).current)
  );
}

/** The state on this machine, and a passphrase nobody has to invent. */
function embeddedBackend(): Record<string, string> {
  const state = join(stateFolder, "state");
  const passphrase = join(stateFolder, "passphrase");
  mkdirSync(state, { recursive: true });
  if (!existsSync(passphrase)) writeFileSync(passphrase, randomBytes(24).toString("base64url"), { mode: 0o600 });
  return { PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE_FILE: passphrase };
}

/**
 * Environment variables of the engine besides PATH and its home: where the state is and how it is locked, and the
 * container engine.
 */
async function engineEnvironment(): Promise<Record<string, string>> {
  const ours = process.env["PULUMI_BACKEND_URL"]?.startsWith(`file://${stateFolder}`) ?? false;
  return { ...QUIET, ...(await dockerHost()), ...(usersOwnBackend() && !ours ? {} : embeddedBackend()) };
}

/** One stack, ready for engine commands. */
export interface Session {
  /** What the engine runs with, for whoever types the same by hand. */
  env: Record<string, string>;
  /** Runs `pulumi` with these arguments on the stack, its output going to the terminal. */
  run: (args: string[]) => Promise<void>;
  /** Runs `pulumi` and returns what it printed; undefined where it failed. */
  read: (args: string[]) => Promise<string | undefined>;
}

/**
 * `--config-file` names a copy, because the engine writes a salt into whatever stack file it is given; the tree stays
 * clean. What follows from a cluster that was named with `--context` stands in the copy only.
 */
function stackFileCopy(environment: string): string {
  const copy = join(scratchFolder, `Pulumi.${environment}.yaml`);
  mkdirSync(scratchFolder, { recursive: true });
  const file = parseDocument(readFileSync(join(repository, `Pulumi.${environment}.yaml`), "utf8"));
  for (const [key, value] of Object.entries(rememberedTarget(environment)?.config ?? {}))
    file.setIn(["config", `${PROJECT}:${key}`], value);
  writeFileSync(copy, file.toString());
  return copy;
}

/** `stack init` has no `--config-file`, so it runs in a folder of its own that holds nothing but the project's name. */
async function initialise(environment: string, env: Record<string, string>): Promise<void> {
  const project = join(scratchFolder, "project");
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "Pulumi.yaml"), `name: ${PROJECT}\nruntime: nodejs\n`);
  // The salt of an earlier passphrase would make this one look wrong.
  rmSync(join(project, `Pulumi.${environment}.yaml`), { force: true });
  const result = await execa("pulumi", ["-C", project, "stack", "init", environment, "--non-interactive"], {
    env,
    reject: false,
  });
  if (result.exitCode === 0 || result.stderr.includes("already exists")) return;
  throw new Refusal(`the stack ${environment} cannot be made: ${result.stderr.trim()}`);
}

/**
 * Makes sure that the stack of an environment exists in the backend. The engine has to be there already.
 *
 * @param interrupted whether a command on this machine was killed while it held the stack, so that its lock has to go
 * first
 * @throws Refusal where the state cannot be read
 */
export async function openSession(environment: string, interrupted = false): Promise<Session> {
  const env = await engineEnvironment();
  const config = ["--config-file", stackFileCopy(environment)];
  const stack = ["--stack", environment, "--non-interactive", "--cwd", repository];
  // What it prints is read as well, to explain a failure, so it does not see the terminal itself.
  const colour = process.stdout.isTTY ? ["--color", "always"] : [];
  const takesConfig = (args: string[]): string[] =>
    ["up", "preview", "destroy", "refresh"].includes(args[0] ?? "") ? config : [];
  const session: Session = {
    env,
    run: async (args) => {
      try {
        await execa("pulumi", [...args, ...stack, ...colour, ...takesConfig(args)], {
          env,
          stdin: "ignore",
          stdout: ["inherit", "pipe"],
          stderr: ["inherit", "pipe"],
          all: true,
        });
      } catch (error) {
        if (!(error instanceof ExecaError)) throw error;
        throw new Refusal(
          explained(String(error.all)) ??
            `pulumi ${args[0]} did not succeed (exit code ${error.exitCode}); the reason stands above. Mend it ` +
              "and run the same command again.",
        );
      }
    },
    read: async (args) => {
      const result = await execa("pulumi", [...args, ...stack, ...takesConfig(args)], { env, reject: false });
      return result.exitCode === 0 ? result.stdout : undefined;
    },
  };
  const there = await execa("pulumi", ["stack", ...stack], { env, reject: false });
  const obstacle = there.exitCode === 0 ? undefined : explained(there.stderr);
  if (obstacle) throw new Refusal(obstacle);
  if (there.exitCode !== 0) await initialise(environment, env);
  // Where the state lies on this machine, whoever held its lock was a process here.
  if (interrupted && "PULUMI_CONFIG_PASSPHRASE_FILE" in env) await session.read(["cancel", "--yes"]);
  return session;
}

/**
 * Forgets every stack of the embedded backend: for when the cluster they were on is gone, and with it all they tell of.
 */
export function forgetStacks(): void {
  rmSync(stateFolder, { recursive: true, force: true });
}

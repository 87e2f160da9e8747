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
 * Settings of every engine run: no check for a newer version, no type check at each start (CI does that), and
 * `--event-log` allowed.
 */
const QUIET = { PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_NODEJS_TRANSPILE_ONLY: "true", PULUMI_DEBUG_COMMANDS: "true" };

/** Whether the user has logged in to a backend, or names one in the environment. */
function usersOwnBackend(): boolean {
  if (process.env["PULUMI_BACKEND_URL"] || process.env["PULUMI_ACCESS_TOKEN"]) return true;
  const credentials = join(process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "credentials.json");
  return (
    existsSync(credentials) && Boolean((JSON.parse(readFileSync(credentials, "utf8")) as { current?: string }).current)
  );
}

/** Variables of a backend on this machine, with a generated passphrase. */
function embeddedBackend(): Record<string, string> {
  const state = join(stateFolder, "state");
  const passphrase = join(stateFolder, "passphrase");
  mkdirSync(state, { recursive: true });
  if (!existsSync(passphrase)) writeFileSync(passphrase, randomBytes(24).toString("base64url"), { mode: 0o600 });
  return { PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE_FILE: passphrase };
}

/**
 * Environment variables of the engine besides PATH and its home: the backend, its passphrase, and the container engine.
 */
async function engineEnvironment(): Promise<Record<string, string>> {
  const ours = process.env["PULUMI_BACKEND_URL"]?.startsWith(`file://${stateFolder}`) ?? false;
  return { ...QUIET, ...(await dockerHost()), ...(usersOwnBackend() && !ours ? {} : embeddedBackend()) };
}

/** One stack, ready for engine commands. */
export interface Session {
  /** Environment of the engine, for `npm run env`. */
  env: Record<string, string>;
  /** Runs `pulumi` with these arguments on the stack, its output going to the terminal. */
  run: (args: string[]) => Promise<void>;
  /** Runs `pulumi` and returns what it printed; undefined where it failed. */
  read: (args: string[]) => Promise<string | undefined>;
}

/**
 * Copies the stack file for `--config-file`, because the engine writes a salt into it. The settings that follow from a
 * cluster named with `--context` are in the copy only.
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

/** Makes the stack. `stack init` has no `--config-file`, so it runs in a folder with a project file only. */
async function initialise(environment: string, env: Record<string, string>): Promise<void> {
  const project = join(scratchFolder, "project");
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "Pulumi.yaml"), `name: ${PROJECT}\nruntime: nodejs\n`);
  // With the salt of an earlier passphrase the engine would refuse this one.
  rmSync(join(project, `Pulumi.${environment}.yaml`), { force: true });
  const result = await execa("pulumi", ["-C", project, "stack", "init", environment, "--non-interactive"], {
    env,
    reject: false,
  });
  if (result.exitCode === 0 || result.stderr.includes("already exists")) return;
  throw new Refusal(`the stack ${environment} cannot be made: ${result.stderr.trim()}`);
}

/**
 * Makes sure that the stack of an environment exists in the backend. The engine has to be installed already.
 *
 * @param interrupted whether a killed command of this machine may have left the engine's lock, which is then removed
 * @throws Refusal where the state cannot be read
 */
export async function openSession(environment: string, interrupted = false): Promise<Session> {
  const env = await engineEnvironment();
  const config = ["--config-file", stackFileCopy(environment)];
  const stack = ["--stack", environment, "--non-interactive", "--cwd", repository];
  // The output is also read, to explain failures, so the engine does not see the terminal itself.
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
  // Only a backend on this machine: there the lock's owner was a process of this machine, and it is dead.
  if (interrupted && "PULUMI_CONFIG_PASSPHRASE_FILE" in env) await session.read(["cancel", "--yes"]);
  return session;
}

/** Deletes every stack of the embedded backend, after their cluster was deleted. */
export function forgetStacks(): void {
  rmSync(stateFolder, { recursive: true, force: true });
}

import { execa, ExecaError } from "execa";
import pRetry from "p-retry";
import { Kubectl, kubectlArguments, processOptions, type Cluster, type Limits } from "../../cluster/kubectl";
import type { Command } from "./command";
import { pause } from "./pause";

/** Longest that one command may take; a rollout of the database is the longest. */
const COMMAND_SECONDS = 330;

/** kubectl's arguments with the context in front, and none but the one that was checked. */
function argumentsOf(cluster: Cluster, command: Command): string[] {
  return command.program === "kubectl" ? kubectlArguments({ context: cluster.context }, command.args) : command.args;
}

/** The command as a person could type it, its input left out. */
export function commandLine(cluster: Cluster, command: Command): string {
  const quoted = argumentsOf(cluster, command).map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`,
  );
  return [command.program, ...quoted].join(" ");
}

/** A command that did not work; its message has the command and the last lines of what it said. */
export class CommandFailed extends Error {}

/** How a command is run: ended after so many seconds, or when aborted (never given to what heals). */
export type ExecuteOptions = Pick<Limits, "seconds" | "signal">;

/**
 * Runs one command.
 *
 * @returns its standard output
 * @throws CommandFailed
 */
export function execute(cluster: Cluster, command: Command, options: ExecuteOptions = {}): Promise<string> {
  const { againIf } = command;
  if (againIf === undefined) return attempt(cluster, command, options);
  return pRetry(() => attempt(cluster, command, options), {
    retries: 9,
    minTimeout: 100,
    factor: 1.5,
    shouldRetry: ({ error }) => error instanceof CommandFailed && error.message.includes(againIf),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

async function attempt(cluster: Cluster, command: Command, options: ExecuteOptions): Promise<string> {
  try {
    const limits = {
      ...options,
      seconds: options.seconds ?? COMMAND_SECONDS,
      // Ctrl-C must reach the runner, not the command that heals; a journal's last line is whole only with its line
      // feed.
      apart: true,
      exact: true,
      ...(command.input === undefined ? {} : { input: command.input }),
    };
    if (command.program === "kubectl")
      return await new Kubectl({ context: cluster.context }, limits).run(...command.args);
    return (await execa(command.program, command.args, processOptions(limits))).stdout;
  } catch (error) {
    options.signal?.throwIfAborted();
    const message = error instanceof ExecaError ? `${error.stderr ?? ""}`.trim() || error.shortMessage : String(error);
    if (command.fineIf !== undefined && message.includes(command.fineIf)) return "";
    throw new CommandFailed(
      `${commandLine(cluster, command).replaceAll("\n", " ").slice(0, 200)}: ` +
        `${message.split("\n").slice(-3).join(" ")}`,
    );
  }
}

/** When a command was run: from its beginning until its pause was over, milliseconds since the epoch. */
export interface Ran {
  command: Command;
  from: number;
  to: number;
}

/**
 * Runs commands in their order. A command marked `together` starts with the command before it. A failure stops the rest.
 *
 * @param begins told of each command as it starts
 * @returns when each was run
 */
export async function executeAll(
  cluster: Cluster,
  commands: Command[],
  signal: AbortSignal,
  begins: (command: Command) => void = () => undefined,
): Promise<Ran[]> {
  const groups: Command[][] = [];
  for (const command of commands) {
    if (command.together && groups.length > 0) groups.at(-1)!.push(command);
    else groups.push([command]);
  }
  const ran: Ran[] = [];
  for (const group of groups) {
    const from = Date.now();
    group.forEach(begins);
    await Promise.all(group.map((command) => execute(cluster, command, { signal })));
    await pause(Math.max(...group.map((command) => command.thenWaitSeconds ?? 0)), signal);
    const to = Date.now();
    ran.push(...group.map((command) => ({ command, from, to })));
  }
  return ran;
}

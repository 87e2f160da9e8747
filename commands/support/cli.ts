import { Command, Option } from "commander";
import { ExecaError } from "execa";
import { Refusal } from "../../config/refusal";
import { ENVIRONMENTS } from "../../config/keys";
import { explained } from "./engine-errors";

/** A command line of Holdfast's, with `--env` where the command acts on a stack. */
export function command(name: string, description: string, withEnvironment = true): Command {
  const program = new Command(name).description(description).showHelpAfterError("(--help shows every option)");
  program.configureHelp({ commandUsage: () => `npm run ${name} -- [options]` });
  if (withEnvironment) {
    program.addOption(new Option("--env <environment>", "which stack").choices([...ENVIRONMENTS]).default("dev"));
  }
  return program;
}

/**
 * The option by which a person allows a plan to destroy what holds data: each thing by its name, and nothing by a
 * pattern.
 */
export function destroysOption(): Option {
  return new Option(
    "--destroys <name>",
    "let the plan destroy this, which holds data; named as the refusal names it, once for each",
  )
    .argParser((name: string, before: string[]) => [...before, name])
    .default([], "nothing");
}

/** What a person does after an error that nobody has explained yet. */
const AGAIN =
  "Run the same command again: it goes on where it was; if it fails there again, the line above says what to look at.";

/** Most of a command's text that is repeated in an error. */
const COMMAND_LENGTH = 120;

/**
 * What a person is told of an error: what they can mend, or which program failed and why; undefined for a mistake of
 * ours.
 */
export function lastWord(error: unknown): string | undefined {
  if (error instanceof Refusal) return error.message;
  if (!(error instanceof ExecaError)) return undefined;
  const printed = String(error.stderr || error.stdout || error.originalMessage).trim();
  const said =
    `\`${error.command.slice(0, COMMAND_LENGTH)}\` failed (exit code ${error.exitCode ?? "none"}): ` +
    `${printed.split("\n").at(-1)}`;
  return `${said}\n${explained(printed) ?? AGAIN}`;
}

/** Exit code of a command that the shell ended with a signal, as a shell reports it. */
export const SIGNAL_EXIT = 130;

/**
 * Runs a command: what a person can mend ends as one sentence, anything else with its trace; the exit code is not 0
 * either way.
 */
export async function main(run: () => Promise<void>): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(SIGNAL_EXIT));
  // Who reads only the first lines, as `head` does, has what they wanted.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  try {
    await run();
  } catch (error) {
    const word = lastWord(error);
    console.error(word === undefined ? error : `\n${word}`);
    process.exit(1);
  }
}

import { Command, Option } from "commander";
import { ExecaError } from "execa";
import { Refusal } from "../../config/refusal";
import { ENVIRONMENTS } from "../../config/keys";
import { explained } from "./engine-errors";
import { trace } from "./trace";

/** A command line of Holdfast. It has `--env` where the command acts on a stack. */
export function command(name: string, description: string, withEnvironment = true): Command {
  const program = new Command(name).description(description).showHelpAfterError("(--help shows every option)");
  program.configureHelp({ commandUsage: () => `npm run ${name} -- [options]` });
  if (withEnvironment) {
    program.addOption(new Option("--env <environment>", "which stack").choices([...ENVIRONMENTS]).default("dev"));
  }
  return program;
}

/** The option with which a person lets a plan destroy objects that hold data, each by its full name. */
export function destroysOption(): Option {
  return new Option(
    "--destroys <name>",
    "let the plan destroy this object, which holds data; use the name in the refusal, once for each object",
  )
    .argParser((name: string, before: string[]) => [...before, name])
    .default([], "nothing");
}

/** What to do after an error that {@link explained} does not know. */
const AGAIN =
  "Run the same command again: it goes on where it was; if it fails there again, the line above says what to look at.";

/** Characters of a command that an error repeats. */
const COMMAND_LENGTH = 120;

/**
 * The message about an error: what the user can do, or which program failed and why. Undefined for a bug of Holdfast,
 * which needs its stack trace.
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

/** Exit code of a command that a signal has ended. */
export const SIGNAL_EXIT = 130;

/**
 * Runs a command. A refusal or a failed program ends with a message, a bug with its stack trace; both with exit code 1.
 */
export async function main(run: () => Promise<void>): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(SIGNAL_EXIT));
  // A reader such as `head` closes the pipe early; that is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  try {
    await run();
  } catch (error) {
    const word = lastWord(error);
    console.error(word === undefined ? trace(error) : `\n${word}`);
    process.exit(1);
  }
}

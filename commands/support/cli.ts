import { Command, Option } from "commander";
import { Impossible } from "../../local/docker/engine";
import { ENVIRONMENTS } from "../../config/keys";

/** A command line of Holdfast's, with `--env` where the command acts on a stack. */
export function command(name: string, description: string, withEnvironment = true): Command {
  const program = new Command(name).description(description).showHelpAfterError("(--help shows every option)");
  program.configureHelp({ commandUsage: () => `npm run ${name} -- [options]` });
  if (withEnvironment) {
    program.addOption(new Option("--env <environment>", "which stack").choices([...ENVIRONMENTS]).default("dev"));
  }
  return program;
}

/** Exit code of a command that the shell ended with a signal, as a shell reports it. */
const SIGNAL_EXIT = 130;

/**
 * Runs a command: what a person can mend ends as one sentence, anything else with its trace; the exit code is not 0 either way.
 */
export async function main(run: () => Promise<void>): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(SIGNAL_EXIT));
  try {
    await run();
  } catch (error) {
    if (error instanceof Impossible) console.error(`\n${error.message}`);
    else console.error(error);
    process.exit(1);
  }
}

/**
 * Parses arguments with the real command lines, without running a command. `command-line.ts` starts it as a process, so
 * that the commands' modules load as npm loads them, up to the parsing of their arguments.
 * Standard input: a list of `{ module, args }`; standard output: a list of answers, in the same order.
 */
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Command, type CommanderError } from "commander";
import type { Answer, Line } from "./command-line";

/** Ends a command's module, or its line, where the work would begin. */
class Halt extends Error {}

const { parse, parseAsync } = Command.prototype;
const exit = process.exit;

/** Loads a command's module. @returns its parser */
async function parserOf(module: string): Promise<Command> {
  let found: Command | undefined;
  Command.prototype.parse = Command.prototype.parseAsync = function halt(this: Command): never {
    found = this;
    throw new Halt();
  };
  process.exit = () => {
    throw new Halt();
  };
  const { error } = console;
  console.error = () => undefined;
  try {
    await import(join(__dirname, "..", "..", `${module}.ts`));
  } catch (thrown) {
    if (!(thrown instanceof Halt)) throw thrown;
  } finally {
    Object.assign(Command.prototype, { parse, parseAsync });
    console.error = error;
    process.exit = exit;
    process.exitCode = 0;
  }
  if (!found) throw new Error(`${module}.ts reads no arguments`);
  return found;
}

/** The command, or its subcommand, whose action would have been the last to run. */
let acting: Command;

/** Errors as exceptions, and no action. */
function prepare(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  command.hook("preAction", (_, actor) => {
    acting = actor;
    throw new Halt();
  });
  command.commands.forEach(prepare);
}

async function read(program: Command, args: string[]): Promise<Answer> {
  acting = program;
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    const { exitCode, message } = error as CommanderError;
    // `--help` ends a line, too, and well.
    if (!(error instanceof Halt) && exitCode !== 0) return { problem: message };
  }
  return { options: acting.opts(), operands: acting.args };
}

async function main(): Promise<void> {
  const lines = JSON.parse(await text(process.stdin)) as Line[];
  const parsers = new Map<string, Command>();
  const answers: Answer[] = [];
  for (const { module, args } of lines) {
    const parser = parsers.get(module) ?? (await parserOf(module));
    if (!parsers.has(module)) prepare(parser);
    parsers.set(module, parser);
    answers.push(await read(parser, args));
  }
  process.stdout.write(JSON.stringify(answers), () => exit(0));
}

void main();

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { root } from "./blocks";

/** A command line: the module of the command, without its ending, and the arguments. */
export interface Line {
  module: string;
  args: string[];
}

/** The result of parsing a line: a problem, or the options and operands. */
export type Answer = { problem: string } | { options: Record<string, unknown>; operands: string[] };

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };

/**
 * The module of a `package.json` script that is a command of Holdfast; undefined for other scripts, and for unknown
 * ones.
 */
export function moduleOf(script: string): string | undefined {
  return /^tsx (commands\/[\w-]+)\.ts$/.exec(scripts[script] ?? "")?.[1];
}

/** Whether `package.json` has such a script. */
export const isScript = (name: string): boolean => Object.hasOwn(scripts, name);

/** Parses all lines with the commands' own parsers, in one process, without running a command. */
export async function readLines(lines: Line[]): Promise<Answer[]> {
  const { stdout } = await execa("tsx", [join(__dirname, "read-arguments.ts")], {
    cwd: root,
    preferLocal: true,
    input: JSON.stringify(lines),
  });
  return JSON.parse(stdout) as Answer[];
}

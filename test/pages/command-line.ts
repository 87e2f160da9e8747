import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { root } from "./blocks";

/** Arguments of a command, and the module that reads them, without its ending. */
export interface Line {
  module: string;
  args: string[];
}

/** What is wrong with a line, or what was read from it. */
export type Answer = { problem: string } | { options: Record<string, unknown>; operands: string[] };

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };

/**
 * The module behind a script of `package.json` that is a command of Holdfast's; undefined for other scripts, and where
 * there is none.
 */
export function moduleOf(script: string): string | undefined {
  return /^tsx (commands\/[\w-]+)\.ts$/.exec(scripts[script] ?? "")?.[1];
}

/** Whether `package.json` has such a script. */
export function isScript(name: string): boolean {
  return Object.hasOwn(scripts, name);
}

/** Has the commands' own parsers read all lines, in one process, and runs none. */
export async function readLines(lines: Line[]): Promise<Answer[]> {
  const { stdout } = await execa("tsx", [join(__dirname, "read-arguments.ts")], {
    cwd: root,
    preferLocal: true,
    input: JSON.stringify(lines),
  });
  return JSON.parse(stdout) as Answer[];
}

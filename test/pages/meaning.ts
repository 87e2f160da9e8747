import { drillNamed } from "../../commands/drill/catalogue";
import { questionOf, type Flags } from "../../commands/plan/request";
import { wishedMoment } from "../../commands/restore/moment";
import type { Answer, Line } from "./command-line";

/** Words that stand for a value of the reader's own: `NAME`, `TIME`. */
const WORD = /^[A-Z]+$/;

/**
 * What a command would do first with what it was given, as far as that needs no cluster. @throws what the command would
 * say
 */
const FIRST: Record<string, (read: { options: Record<string, unknown>; operands: string[] }) => unknown> = {
  "commands/plan": ({ options }) => questionOf(options as Flags),
  "commands/restore": ({ options: { to } }) => typeof to === "string" && !WORD.test(to) && wishedMoment(to),
  "commands/drill": ({ options, operands: [name] }) =>
    "runs" in options && name !== undefined && !name.includes(" ") && drillNamed(name),
};

/** What is wrong with a line that a command's parser has read; undefined where nothing is. */
export async function problemOf({ module }: Line, answer: Answer): Promise<string | undefined> {
  if ("problem" in answer) return answer.problem;
  try {
    await FIRST[module]?.(answer);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

import { drillNamed } from "../../commands/drill/catalogue";
import { questionOf, type Flags } from "../../commands/plan/request";
import { wishedMoment } from "../../components/postgres/restore/moment";
import type { Answer, Line } from "./command-line";

/** Placeholders for the reader's own value: `NAME`, `TIME`. */
const WORD = /^[A-Z]+$/;

/** The first checks of a command that need no cluster. @throws the command's own error */
const FIRST: Record<string, (read: { options: Record<string, unknown>; operands: string[] }) => unknown> = {
  "commands/plan": ({ options }) => questionOf(options as Flags),
  "commands/restore": ({ options: { to } }) => typeof to === "string" && !WORD.test(to) && wishedMoment(to),
  "commands/drill": ({ options, operands: [name] }) =>
    "runs" in options && name !== undefined && !name.includes(" ") && drillNamed(name),
};

/** The problem of a line that a command's parser has read; undefined where there is none. */
export async function problemOf({ module }: Line, answer: Answer): Promise<string | undefined> {
  if ("problem" in answer) return answer.problem;
  try {
    await FIRST[module]?.(answer);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

import type { Drill, Plan } from "../../drills/drill";
import type { Command } from "../../drills/stack/command";
import { wholeStack } from "./whole-stack";

/** A command as one line. */
export const words = (command: Command): string => [command.program, ...command.args].join(" ");

/** What drills of a component do to {@link wholeStack}: each drill by its name. */
export function planned(drills: Drill[]) {
  const named = (name: string): Drill => drills.find((drill) => drill.name === name)!;
  const planOf = (name: string, change: Parameters<typeof wholeStack>[0] = {}): Plan =>
    named(name).plan(wholeStack(change));
  return {
    named,
    planOf,
    faultOf: (name: string): string[] => planOf(name).fault.map(words),
    healOf: (name: string): string[] => planOf(name).heal.map(words),
  };
}

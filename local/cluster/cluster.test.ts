import { expect, test } from "vitest";
import { verdict } from "./cluster";

test.each([
  ["no cluster is made", { nodes: 0, answers: false, finished: false }, "make"],
  ["one that answers is used, whatever it was made with", { nodes: 4, answers: true, finished: false }, "use"],
  ["one that was interrupted while it was made is made anew", { nodes: 2, answers: false, finished: false }, "remake"],
  ["a finished one that does not answer is never replaced", { nodes: 4, answers: false, finished: true }, "leave"],
] as const)("%s", (_what, state, decision) => {
  expect(verdict(state)).toBe(decision);
});

import { expect, test } from "vitest";
import { trace } from "./trace";

test("a trace has places and no source, however the loader named the module", () => {
  const error = new Error("no such thing");
  const bundled = `data:text/javascript,__filename%3D%22%2Frepo%2Fpolicy%2Fevaluate.ts%22%3B${"var%20x%3B".repeat(400)}`;
  error.stack = `Error: no such thing\n    at evaluate (${bundled}:3:14)\n    at ${bundled}:9:1\n    at data:text/javascript,x:1:1`;
  expect(trace(error).split("\n")).toEqual([
    "Error: no such thing",
    "    at evaluate (/repo/policy/evaluate.ts:3:14)",
    "    at /repo/policy/evaluate.ts:9:1",
    "    at a bundled module:1:1",
  ]);
});

test("a line is cut, and what is no error is told as it is", () => {
  expect(trace(new Error("x".repeat(5_000))).split("\n")[0]!.length).toBeLessThan(210);
  expect(trace("gone")).toBe("gone");
});

import { expect, test } from "vitest";
import { culprits } from "./culprits";

test.each<[string, string[][], string[]]>([
  ["one", [["c"]], ["c"]],
  ["two, each by itself", [["a"], ["h"]], ["a", "h"]],
  ["two that fail together only", [["a", "h"]], ["a", "b", "c", "d", "e", "f", "g", "h"]],
  ["two of one half that fail together only", [["a", "c"]], ["a", "b", "c", "d"]],
])("%s: the fewest that fail are named", async (_, bad, named) => {
  const fails = (members: readonly string[]) =>
    Promise.resolve(bad.some((set) => set.every((each) => members.includes(each))));
  expect(await culprits(["a", "b", "c", "d", "e", "f", "g", "h"], fails)).toEqual(named);
});

import { describe, expect, it } from "vitest";
import { copiesKept } from "./copies";

const members = ["postgres-0", "postgres-1", "postgres-2"];
const before = new Map([
  ["postgres-0", "11 1\n12 1\n"],
  ["postgres-1", "21 1\n22 1\n"],
  ["postgres-2", "31 1\n32 1\n"],
]);
const with2 = (look?: string): Map<string, string> =>
  new Map(
    [...before].flatMap(([name, own]) =>
      name !== "postgres-2" ? [[name, own]] : look === undefined ? [] : [[name, look]],
    ),
  );

describe("the standbys' data", () => {
  it.each([
    ["the same directories", before, []],
    ["a directory made anew", with2("41 9\n42 9\n"), ["postgres-2"]],
    ["an emptied and refilled one: the file in it is another", with2("31 1\n42 9\n"), ["postgres-2"]],
    ["one whose inodes were given out again: born later", with2("31 9\n32 9\n"), ["postgres-2"]],
    ["a member that can't be looked at", with2(), ["postgres-2"]],
    ["nobody to look at", new Map<string, string>(), ["postgres-1", "postgres-2"]],
  ] satisfies [string, Map<string, string>, string[]][])("%s", (_, after, gone) => {
    expect(copiesKept(members, "postgres-0", before, after)).toEqual({ of: 2, gone });
  });

  it("says nothing of the primary's: after a crash it may be copied anew", () => {
    const after = new Map([...before, ["postgres-1", "51 9\n52 9\n"]]);
    expect(copiesKept(members, "postgres-1", before, after)).toEqual({ of: 2, gone: [] });
  });

  it("is not known where it was not known before, or there is no standby", () => {
    expect(copiesKept(members, "postgres-0", with2(), before)).toBeNull();
    expect(copiesKept(["postgres-0"], "postgres-0", before, before)).toBeNull();
  });
});

import { describe, expect, test } from "vitest";
import { begun, complete, twice, type Sight } from "./redis-sights";

/** `a1:master` is server or Sentinel a in its first life; `a` alone is silent. */
const members = (...words: string[]) =>
  words.map((word) => {
    const [name, answer] = word.split(":");
    return { host: name![0]!, ...(answer === undefined ? {} : { run: name!, answer }) };
  });
const sight = (at: number, servers: string[], sentinels: string[]): Sight => ({
  at,
  servers: members(...servers),
  sentinels: members(...sentinels),
});

const before = sight(0, ["a1:master", "b1:slave"], ["x1:a", "y1:a"]);

describe("when a set of Redis has begun", () => {
  test("one new primary that all new Sentinels name", () => {
    expect(
      begun(
        [before, sight(5, ["a2:master", "b"], ["x2:a", "y"]), sight(7, ["a2:master", "b2:slave"], ["x2:a", "y2:a"])],
        before,
      ),
    ).toBe(7);
  });

  test.each([
    ["nobody was ended yet", sight(5, ["a1:master", "b1:slave"], ["x1:a", "y1:a"])],
    ["a Sentinel that is still the old one", sight(5, ["a2:master", "b2:slave"], ["x1:a", "y2:a"])],
    ["the old primary", sight(5, ["a1:master", "b2:slave"], ["x2:a", "y2:a"])],
    ["a Sentinel that names another", sight(5, ["a2:master", "b2:slave"], ["x2:b", "y2:a"])],
    ["two primaries", sight(5, ["a2:master", "b2:master"], ["x2:a", "y2:a"])],
    ["no primary", sight(5, ["a2:slave", "b2:slave"], ["x2:a", "y2:a"])],
  ])("not with %s", (_what, seen) => {
    expect(begun([before, seen], before)).toBeUndefined();
  });

  test("a look is complete once everybody has answered", () => {
    expect(
      [before, sight(1, ["a1:master", "b"], ["x1:a"]), sight(1, ["a1:master"], ["x"]), undefined].map(complete),
    ).toEqual([true, false, false, false]);
  });

  test("two primaries are counted for as long as they are seen", () => {
    const two = (at: number) => sight(at, ["a1:master", "b2:master"], []);
    expect(twice([before, two(3), sight(5, ["a1:slave", "b2:master"], []), two(10)], 14)).toBe(6);
    expect(twice([before], 14)).toBe(0);
  });
});

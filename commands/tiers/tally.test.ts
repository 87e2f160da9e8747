import { expect, test } from "vitest";
import { leftOut, tallyLine, tallyOf, TIERS, type Tally, type Tier } from "./tally";

const told = (name: string, state: "pending" | "passed" | "failed" | "skipped", note?: string) => ({
  fullName: name,
  module: { relativeModuleId: "a.test.ts" },
  result: () => ({ state, note, errors: state === "failed" ? [{ message: "expected 1\nto be 2" }] : [] }),
});

test("tests are counted by what became of them, and one left out says why, one that failed what was wrong", () => {
  const tally = tallyOf([
    told("good", "passed"),
    told("bad", "failed"),
    told("without go", "skipped"),
    told("with a program", "skipped", "haproxy is missing"),
    told("broken off", "pending"),
  ]);
  expect(tallyLine(tally)).toBe("1 passed, 1 failed, 3 skipped");
  expect(tally.failures).toEqual(["a.test.ts: bad: expected 1"]);
  expect(tally.skips).toEqual([
    "a.test.ts: without go",
    "a.test.ts: with a program (haproxy is missing)",
    "a.test.ts: broken off",
  ]);
});

test.each<[string, Partial<Record<Tier, Tally>>, string[]]>([
  ["everything ran", {}, []],
  ["a test was left out", { unit: tallyOf([told("x", "skipped", "why")]) }, ["a.test.ts: x (why)"]],
  ["so was one of another tier", { engine: tallyOf([told("y", "skipped")]) }, ["a.test.ts: y"]],
  ["a tier never began", { cluster: undefined }, ["the whole cluster tier"]],
])("%s", (_what, changed, expected) => {
  const all = Object.fromEntries(TIERS.map((tier) => [tier, tallyOf([told("fine", "passed")])]));
  const tallies = Object.entries({ ...all, ...changed }).filter(([, tally]) => tally !== undefined);
  const said = leftOut(new Map(tallies as [Tier, Tally][]));
  expect(said?.split("\n").slice(1) ?? []).toEqual(expected.map((line) => `  ${line}`));
});

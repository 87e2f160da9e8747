import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { RULE_GROUPS, RULES } from "../rules/all";
import { othersWith, readCoverage } from "./coverage";
import { coveragePage, rulesPage } from "./pages";

const coverage = readCoverage();
const page = (name: string): string => readFileSync(join(__dirname, "..", "..", "docs", name), "utf8");

describe("the pages are current (npx tsx policy/documentation/write.ts)", () => {
  test("policies.md", () => expect(page("policies.md")).toBe(rulesPage(RULE_GROUPS, coverage)));
  test("policy-coverage.md", () => expect(page("policy-coverage.md")).toBe(coveragePage(coverage, RULES)));
});

describe("the comparison", () => {
  test("names only rules that exist", () => {
    const known = new Set(RULES.map(({ id }) => id));
    const named = coverage.flatMap(({ checks }) =>
      Object.values(checks).flatMap((answer) => ("rules" in answer ? answer.rules : [])),
    );
    expect(named.filter((id) => !known.has(id))).toEqual([]);
  });

  test("leaves no rule without somebody who asks for it or a report of what it prevents", () => {
    const alone = RULES.filter(({ id, prevents }) => othersWith(id, coverage).length === 0 && !prevents).map(
      ({ id }) => id,
    );
    expect(alone).toEqual([]);
  });

  test("shows at least nine rules over the whole graph that none of the others has", () => {
    expect(
      RULES.filter(({ id, scope }) => scope === "graph" && othersWith(id, coverage).length === 0).length,
    ).toBeGreaterThanOrEqual(9);
  });
});

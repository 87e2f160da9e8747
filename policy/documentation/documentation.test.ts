import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { RULES } from "../../commands/policy/rules";
import { othersWith, readCoverage } from "./coverage";

const coverage = readCoverage(join(__dirname, "..", "coverage"));

describe("the comparison", () => {
  test("names only rules that exist", () => {
    const known = new Set(RULES.map(({ id }) => id));
    const named = coverage.flatMap(({ checks }) => Object.values(checks).filter(Array.isArray).flat());
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

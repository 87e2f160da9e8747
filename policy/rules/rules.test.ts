import { describe, expect, it, test } from "vitest";
import { evaluate, type Finding } from "../engine/evaluate";
import { accessExamples } from "../testing/examples/access";
import { availabilityExamples } from "../testing/examples/availability";
import type { Examples } from "../testing/examples/example";
import { networkExamples } from "../testing/examples/network";
import { podExamples } from "../testing/examples/pods";
import { programExamples } from "../testing/examples/programs";
import { RULES } from "./all";

const EXAMPLES: Examples = {
  ...podExamples,
  ...accessExamples,
  ...networkExamples,
  ...availabilityExamples,
  ...programExamples,
};

test("rules have distinct ids, and say why and how in whole sentences", () => {
  expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
  for (const { id, title, why, fix } of RULES) {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    expect(title, id).not.toMatch(/\.$/);
    expect(why, id).toMatch(/[.]$/);
    expect(fix, id).toMatch(/[.]$/);
  }
});

test("every rule has examples, and every example a rule", () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(RULES.map(({ id }) => id).sort());
});

describe.each(RULES.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  const { bad, good, config } = EXAMPLES[id]!;
  const outcomes = (resources: (typeof bad)[number]): Finding[] =>
    evaluate([rule], resources, { environment: "prod", config: config && { [id]: config } });

  it.each(bad.map((resources, index) => [index + 1, resources] as const))(
    "refuses bad example %i",
    (_index, resources) => {
      expect(outcomes(resources).map(({ outcome }) => outcome)).toContain("violation");
    },
  );

  it.each(good.map((resources, index) => [index + 1, resources] as const))(
    "accepts good example %i",
    (_index, resources) => {
      expect(outcomes(resources).map(({ message }) => message)).toEqual([]);
    },
  );
});

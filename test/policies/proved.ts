import { describe, expect, it, test } from "vitest";
import { evaluate, type Finding } from "../../policy/engine/evaluate";
import type { Rule } from "../../policy/engine/rule";
import type { Examples } from "./examples/example";

/** Tests, to be called from a test file, that each rule refuses its bad examples and accepts its good ones. */
export function provedBy(rules: Rule[], examples: Examples): void {
  test("every rule has examples, and every example a rule", () => {
    expect(Object.keys(examples).sort()).toEqual(rules.map(({ id }) => id).sort());
  });

  describe.each(rules.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
    const { bad, good, config } = examples[id]!;
    const outcomes = (resources: (typeof bad)[number]): Finding[] =>
      evaluate([rule], [resources].flat(), { environment: "prod", config: config && { [id]: config } });

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
}

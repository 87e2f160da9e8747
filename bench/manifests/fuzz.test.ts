import { expect, test } from "vitest";
import { fuzz } from "./fuzz";

// Three hundred times as many: `npx tsx bench/policy-fuzz.ts`.
test("no odd object out of the API's own schema makes a rule fail", () => {
  const { objects, outcomes, faults } = fuzz(300, 7);
  expect(faults).toEqual([]);
  expect(objects).toBe(300);
  expect(outcomes.violation).toBeGreaterThan(1_500);
  expect(outcomes.undecided).toBeGreaterThan(30);
});

import { expect, test } from "vitest";
import { RULES } from "./rules";

test("rules have distinct ids, and say why and how in whole sentences", () => {
  expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
  for (const { id, title, why, fix } of RULES) {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    expect(title, id).not.toMatch(/\.$/);
    expect(why, id).toMatch(/[.]$/);
    expect(fix, id).toMatch(/[.]$/);
  }
});

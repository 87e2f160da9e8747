import fc from "fast-check";
import { expect, test } from "vitest";
import { generate } from "./random";

test("a password has the length asked for, and only characters allowed", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), (length) => {
      const password = generate({ length, special: false });
      expect(password).toMatch(new RegExp(`^[A-Za-z0-9]{${length}}$`));
    }),
  );
});

test("each class has its minimum", () => {
  const password = generate({ length: 12, minLower: 3, minUpper: 3, minNumeric: 3, minSpecial: 3 });
  for (const pattern of [/[a-z]/g, /[A-Z]/g, /[0-9]/g, /[^A-Za-z0-9]/g])
    expect(password.match(pattern)).toHaveLength(3);
});

test("no two are alike", () => {
  const many = Array.from({ length: 1_000 }, () => generate({ length: 20, special: false }));
  expect(new Set(many).size).toBe(1_000);
});

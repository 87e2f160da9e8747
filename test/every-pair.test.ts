import { expect, test } from "vitest";
import { groupsCoveringPairs, KEY_NAMES, together } from "./support/other-values";
import { verdict } from "./support/verdict";

/** Every two keys at other values than their defaults, with every policy: several pairs in each of the program's graphs. */

/**
 * Keys set at once. A graph takes half a second, so 1,081 pairs one by one would take minutes; 66 of them at a time take
 * seconds.
 */
const GROUP = 12;

const groups = groupsCoveringPairs(KEY_NAMES, GROUP);

test("every pair is in a group", () => {
  const covered = new Set(groups.flatMap((group) => group.flatMap((one) => group.map((other) => `${one} ${other}`))));
  expect(covered.size).toBe(KEY_NAMES.length ** 2);
});

test.each(groups)(`%s${", %s".repeat(GROUP - 1)}`, async (...group) => {
  expect(await verdict("dev", together(group))).toEqual([]);
});

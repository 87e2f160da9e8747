import { expect, test } from "vitest";
import { KEYS } from "../config/keys";
import { groupsCoveringPairs, KEY_NAMES, OTHER_VALUES, together } from "./support/other-values";
import { verdict } from "./support/verdict";

/**
 * Every two keys at other values than their defaults, with every policy: several pairs in each of the program's graphs.
 */

/**
 * Keys set at once. A graph takes half a second, so 1,081 single pairs would take minutes; 66 pairs at a time take
 * seconds.
 */
const GROUP = 12;

const groups = groupsCoveringPairs(KEY_NAMES, GROUP);

test("every key has another value, which is not its default", () => {
  expect(Object.keys(OTHER_VALUES)).toEqual(KEY_NAMES);
  for (const key of KEY_NAMES)
    for (const { value, why } of OTHER_VALUES[key]) {
      expect(value, key).not.toBe(KEYS[key].default);
      expect(why, key).not.toBe("");
    }
});

test("what stands in pairs is allowed by itself", () => {
  expect(KEY_NAMES.filter((key) => OTHER_VALUES[key][0].says !== undefined)).toEqual([]);
});

test("every pair is in a group", () => {
  const covered = new Set(groups.flatMap((group) => group.flatMap((one) => group.map((other) => `${one} ${other}`))));
  expect(covered.size).toBe(KEY_NAMES.length ** 2);
});

test.each(groups)(`%s${", %s".repeat(GROUP - 1)}`, async (...group) => {
  expect(await verdict("dev", together(group))).toEqual([]);
});

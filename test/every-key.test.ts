import { expect, test } from "vitest";
import { KEYS, type KeyName } from "../config/keys";
import { KEY_NAMES, OTHER_VALUES, type OtherValue } from "./support/other-values";
import { verdict } from "./support/verdict";

/** Each key at other values than its default, with every policy, over the program's graph. */
const cases = KEY_NAMES.flatMap((key) => OTHER_VALUES[key]
  .map((other): [KeyName, string, string, OtherValue] => [key, other.value.slice(0, 60), other.why, other]));

test("every key has another value, which is not its default", () => {
  expect(Object.keys(OTHER_VALUES)).toEqual(KEY_NAMES);
  for (const [key, , why, { value }] of cases) {
    expect(value, key).not.toBe(KEYS[key].default);
    expect(why, key).not.toBe("");
  }
});

test("what stands in pairs is allowed by itself", () => {
  expect(KEY_NAMES.filter((key) => OTHER_VALUES[key][0].says !== undefined)).toEqual([]);
});

test.each(cases)("%s: %s, %s", async (key, _shown, _why, { value, beside, says }) => {
  const said = await verdict("dev", { ...beside, [key]: value });
  if (says === undefined) expect(said).toEqual([]);
  else expect([...new Set(said.map((each) => each.split(":")[0]))].sort()).toEqual([...says].sort());
});

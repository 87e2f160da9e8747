import { expect, test } from "vitest";
import type { KeyName } from "../../config/keys";
import { KEY_NAMES, OTHER_VALUES, type OtherValue } from "../support/other-values";
import { verdict } from "../support/verdict";

/**
 * Each key at other values than its default, alone, with every policy, over the program's graph. No engine is needed,
 * but a graph a value takes longer than the unit tier has; there test/every-pair.test.ts has every key in company.
 */
const cases = KEY_NAMES.flatMap((key) =>
  OTHER_VALUES[key].map((other): [KeyName, string, string, OtherValue] => [
    key,
    other.value.slice(0, 60),
    other.why,
    other,
  ]),
);

test.each(cases)("%s: %s, %s", async (key, _shown, _why, { value, beside, says }) => {
  const said = await verdict("dev", { ...beside, [key]: value });
  if (says === undefined) expect(said).toEqual([]);
  else expect([...new Set(said.map((each) => each.split(":")[0]))].sort()).toEqual([...says].sort());
});

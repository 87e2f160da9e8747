import { join } from "node:path";
import { expect, test } from "vitest";
import { luaNumbers, named, nameless } from "../../test/support/numbers";

/** Numbers that one script alone goes by, each with its reason beside it; what others go by, too, settings.ts hands in. */
const LOCAL: Record<string, string[]> = {
  "how often it looks": ["leave-out.LOOK", "wait.LOOK"],
  "how long a request waits where no server passes": ["wait.HOPE", "wait.LONGEST", "wait.SETTLE"],
  "what proves that a server fails": [
    "outliers.LEAST_BAD",
    "outliers.LEAST_OTHERS",
    "outliers.outliers.HANGS",
    "outliers.outliers.SPANS",
  ],
  "how many are left out, and for how long": [
    "outliers.FIRST_OUT",
    "outliers.FORGET",
    "outliers.LONGEST_OUT",
    "outliers.LONGEST_TRIAL",
    "outliers.ONE_OF",
    "outliers.TRIAL_GOOD",
  ],
};

/** Numbers without a name: they can't be chosen. */
const FORM: Record<string, number[]> = {
  // Two letters of a state, two looks that a span ends with; parts of a second.
  "leave-out": [2, 1000, 1_000_000],
  // Twice as long as the time before.
  outliers: [2],
  // Letters of `MAINT`, an answer of HTTP, milliseconds of a second.
  servers: [5, 200, 1000],
  // Parts of a second.
  wait: [1000, 1_000_000],
};

test("every number of the scripts is handed in, or is one script's own and listed with why", () => {
  const numbers = luaNumbers(join(__dirname, "scripts"));
  expect(named(numbers)).toEqual(Object.values(LOCAL).flat().sort());
  expect(nameless(numbers)).toEqual(FORM);
});

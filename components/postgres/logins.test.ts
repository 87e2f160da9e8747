import { expect, test } from "vitest";
import { acceptedGenerations, heldGenerations } from "../common/generation";
import { login, logins } from "./logins";

test("a generation logs in by the name whose turn it is", () => {
  expect([1, 2, 3, 4, 5, 6, 7].map((generation) => login("app", generation))).toEqual([
    "app",
    "app_2",
    "app_3",
    "app",
    "app_2",
    "app_3",
    "app",
  ]);
  expect(logins("owner")).toEqual(["owner", "owner_2", "owner_3"]);
});

test.each([
  [1, [1, 2], [1]],
  [2, [1, 2, 3], [1, 2]],
  [5, [4, 5, 6], [4, 5]],
])(
  "at generation %d those of %o are let in, each by a name of its own, and Secrets are of %o",
  (current, accepted, held) => {
    expect(acceptedGenerations(current)).toEqual(accepted);
    expect(heldGenerations(current)).toEqual(held);
    expect(new Set(accepted.map((generation) => login("app", generation))).size).toBe(accepted.length);
  },
);

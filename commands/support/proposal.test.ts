import { expect, test } from "vitest";
import { onlySame } from "./proposal";

const log = (...events: object[]): string => events.map((event) => JSON.stringify(event)).join("\n") + "\n";
const summary = (resourceChanges: Record<string, number>): object => ({ sequence: 9, summaryEvent: { maybeCorrupt: false, resourceChanges } });

test("a summary of nothing but same proposes nothing", () => {
  expect(onlySame(log({ preludeEvent: { config: {} } }, summary({ same: 146 })))).toBe(true);
  expect(onlySame(log(summary({ same: 146, update: 0 })))).toBe(true);
});

test("any other operation is a change", () => {
  for (const operation of ["create", "update", "delete", "replace", "refresh"]) expect(onlySame(log(summary({ same: 145, [operation]: 1 })))).toBe(false);
});

test("a log that says nothing is no leave to skip the update", () => {
  expect(onlySame("")).toBe(false);
  expect(onlySame(log({ preludeEvent: { config: {} } }))).toBe(false);
});

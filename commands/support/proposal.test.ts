import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { onlySame, proposesNothing, stepsIn } from "./proposal";
import type { Session } from "./session";

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

const URN = "urn:pulumi:dev::holdfast::kubernetes:core/v1:Namespace::namespace";
const preEvent = (op: string, more: object = {}): object => ({
  sequence: 3, resourcePreEvent: { metadata: { op, urn: URN, type: "kubernetes:core/v1:Namespace", keys: null, detailedDiff: null, ...more } },
});
const gone = preEvent("delete", { old: { id: "shop", provider: "urn::id", inputs: { kind: "Namespace" }, outputs: {} }, new: null });

test("steps as the engine writes them", () => {
  expect(stepsIn(log({ diagnosticEvent: {} }, preEvent("create", { old: null }), gone))).toEqual([
    { op: "create", urn: URN, type: "kubernetes:core/v1:Namespace", keys: [] },
    { op: "delete", urn: URN, type: "kubernetes:core/v1:Namespace", keys: [], old: { id: "shop", provider: "urn::id", inputs: { kind: "Namespace" } } },
  ]);
});

/** A session whose preview writes this log and ends as said. */
const session = (events: object[], fails = false): Session => ({
  env: {},
  read: () => Promise.resolve(undefined),
  run: (args) => {
    writeFileSync(args.at(-1)!, log(...events));
    return fails ? Promise.reject(new Error("the API's words")) : Promise.resolve();
  },
});

test("a plan that destroys data is refused unless it is named", async () => {
  await expect(proposesNothing(session([gone, summary({ same: 3, delete: 1 })]), [], [])).rejects.toThrow("namespace/shop would be deleted");
  await expect(proposesNothing(session([gone, summary({ same: 3, delete: 1 })]), [], ["namespace/shop"])).resolves.toBe(false);
});

test("a preview that failed over such a plan says what it would have destroyed; any other says its own", async () => {
  await expect(proposesNothing(session([gone], true), [], [])).rejects.toThrow("namespace/shop would be deleted");
  await expect(proposesNothing(session([gone], true), [], ["namespace/shop"])).rejects.toThrow("the API's words");
  await expect(proposesNothing(session([preEvent("create")], true), [], [])).rejects.toThrow("the API's words");
});

import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { onlySame, proposesNothing, stepsIn } from "./proposal";
import type { Sight } from "./gate";
import type { Session } from "./session";

const log = (...events: object[]): string => `${events.map((event) => JSON.stringify(event)).join("\n")}\n`;
const summary = (resourceChanges: Record<string, number>): object => ({
  sequence: 9,
  summaryEvent: { maybeCorrupt: false, resourceChanges },
});

test("a summary of nothing but same proposes nothing", () => {
  expect(onlySame(log({ preludeEvent: { config: {} } }, summary({ same: 146 })))).toBe(true);
  expect(onlySame(log(summary({ same: 146, update: 0 })))).toBe(true);
});

test("any other operation is a change", () => {
  for (const operation of ["create", "update", "delete", "replace", "refresh"])
    expect(onlySame(log(summary({ same: 145, [operation]: 1 })))).toBe(false);
});

test("a log that says nothing is no leave to skip the update", () => {
  expect(onlySame("")).toBe(false);
  expect(onlySame(log({ preludeEvent: { config: {} } }))).toBe(false);
});

const URN = "urn:pulumi:dev::holdfast::kubernetes:core/v1:Namespace::namespace";
const preEvent = (op: string, more: object = {}): object => ({
  sequence: 3,
  resourcePreEvent: {
    metadata: { op, urn: URN, type: "kubernetes:core/v1:Namespace", keys: null, detailedDiff: null, ...more },
  },
});
const gone = preEvent("delete", {
  old: { id: "shop", provider: "urn::id", inputs: { kind: "Namespace" }, outputs: {} },
  new: null,
});

test("steps as the engine writes them", () => {
  expect(stepsIn(log({ diagnosticEvent: {} }, preEvent("create", { old: null }), gone))).toEqual([
    { op: "create", urn: URN, type: "kubernetes:core/v1:Namespace", keys: [] },
    {
      op: "delete",
      urn: URN,
      type: "kubernetes:core/v1:Namespace",
      keys: [],
      old: { id: "shop", provider: "urn::id", inputs: { kind: "Namespace" } },
    },
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

const full: Sight = {
  context: "kind-mine",
  namespace: () => Promise.resolve(""),
  holdsClaims: () => Promise.resolve(true),
  services: () => Promise.resolve(undefined),
};

test("a plan that destroys data is refused unless it is named", async () => {
  await expect(proposesNothing(session([gone, summary({ same: 3, delete: 1 })]), [], [], full)).rejects.toThrow(
    "namespace/shop would be deleted",
  );
  await expect(
    proposesNothing(session([gone, summary({ same: 3, delete: 1 })]), [], ["namespace/shop"], full),
  ).resolves.toBe(false);
});

test("a namespace that holds no claim may go, and each that goes is asked for", async () => {
  const asked: string[] = [];
  const holdsClaims = (namespace: string): Promise<boolean> => Promise.resolve(asked.push(namespace) > 1);
  await expect(
    proposesNothing(session([gone, summary({ same: 3, delete: 1 })]), [], [], { ...full, holdsClaims }),
  ).resolves.toBe(false);
  expect(asked).toEqual(["shop"]);
});

test("a namespace that is there already is not made", async () => {
  const sight: Sight = { ...full, namespace: (name) => Promise.resolve(name === "shop" ? "{}" : "") };
  const made = (name: string): object => preEvent("create", { old: null, new: { inputs: { metadata: { name } } } });
  await expect(proposesNothing(session([made("shop"), summary({ create: 1 })]), [], [], sight)).rejects.toThrow(
    "The namespace shop is on kind-mine already",
  );
  await expect(proposesNothing(session([made("new"), summary({ create: 1 })]), [], [], sight)).resolves.toBe(false);
});

test("a preview that failed over such a plan says what it would have destroyed; any other says its own", async () => {
  await expect(proposesNothing(session([gone], true), [], [], full)).rejects.toThrow("namespace/shop would be deleted");
  await expect(proposesNothing(session([gone], true), [], ["namespace/shop"], full)).rejects.toThrow("the API's words");
  await expect(proposesNothing(session([preEvent("create")], true), [], [], full)).rejects.toThrow("the API's words");
});

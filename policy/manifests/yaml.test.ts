import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readManifests } from "./read";
import { written } from "./render";
import { plainValue } from "./scalars";

/** What sigs.k8s.io/yaml 1.6.0, kubectl's reader, makes of each; asked of it, not of its documentation. */
const READ: [text: string, value: unknown][] = [
  ["yes", true],
  ["y", true],
  ["On", true],
  ["oN", "oN"],
  ["no", false],
  ["n", false],
  ["", null],
  ["~", null],
  ["nULL", "nULL"],
  ["020000", 8192],
  ["0o17", 15],
  ["0O17", 15],
  ["08", 8],
  ["0777_7", 4095],
  ["-017", -15],
  ["0x1F", 31],
  ["0b11", 3],
  ["0b2", "0b2"],
  ["1_000", 1000],
  ["_1", "_1"],
  ["1:30", "1:30"],
  ["2001-01-01", "2001-01-01"],
  ["1e3", 1000],
  ["1.", 1],
  [".5", 0.5],
  ["._5", "._5"],
  ["1e", "1e"],
  ["1e400", "1e400"],
  ["99999999999999999999", 1e20],
  ["0xfffffffffffffffff", "0xfffffffffffffffff"],
  ["=", "="],
];

test.each(READ)("kubectl reads %j as %j", (text, value) => expect(plainValue(text)).toBe(value));

const DATA = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\n";
const data = (text: string): unknown => readManifests(DATA + text).resources[0]?.props.data;
const unread = (text: string) => readManifests(text, "a.yaml").unread.map(({ line, why }) => `${line}: ${why}`);

describe("documents", () => {
  test.each([
    ["x: &p {a: 1}\ndata: {<<: *p, b: 2}", { a: 1, b: 2 }],
    ["x: &p {a: 1}\ndata: {<<: *p, a: 2}", { a: 2 }],
    // The YAML library of kubectl carries a merge out where it stands.
    ["x: &p {a: 1}\ndata: {a: 2, <<: *p}", { a: 1 }],
    ["x: [&p {a: 1}, &q {a: 2, b: 3}]\ndata: {<<: [*p, *q]}", { a: 1, b: 3 }],
    ['data: {"<<": 1}', { "<<": 1 }],
    ["data: {on: 1, 010: 2}", { true: 1, "8": 2 }],
    ["data: {a: 1, a: 2}", { a: 2 }],
    ['data: {a: !!str yes, b: !!int "7", c: !x 1, d: !!binary aGk=}', { a: "yes", b: 7, c: "1", d: "hi" }],
    ["data: {__proto__: {a: 1}}", Object.fromEntries([["__proto__", { a: 1 }]])],
  ])("%j", (text, value) => expect(data(text)).toEqual(value));

  test.each([
    ["an alias without anchor", `${DATA}data: *p`, "4: the anchor of *p is nowhere before it"],
    ["an anchor in itself", `${DATA}data: &p [*p]`, "4: an anchor contains itself"],
    ["no map to merge", `${DATA}data: {<<: 1}`, "4: a merge key names no map"],
    ["no text as a key", `${DATA}data: {~: 1}`, "4: a key is no text"],
    ["no number of JSON's", `${DATA}data: {a: .inf}`, "4: JSON has no such number"],
    ["very deep", `${DATA}data: ${"[".repeat(20_000)}`, /nested too deeply|\d: /],
  ])("%s is named", (_what, text, why) => expect(unread(text).join()).toMatch(why));

  test("aliases that repeat aliases without end are refused", () => {
    const lines = Array.from(
      { length: 12 },
      (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level},`.repeat(9)}]`,
    );
    expect(unread(`${DATA}a0: &a0 [1]\n${lines.join("\n")}`)).toEqual([expect.stringContaining("repeat too much")]);
  });

  test("one anchor may be used many times", () => {
    const uses = Array.from({ length: 500 }, (_, index) => `k${index}: *p`).join(", ");
    expect(Object.keys(data(`x: &p {a: 1}\ndata: {${uses}}`) as object)).toHaveLength(500);
  });

  test("JSON values in a row, and items of lists, stand where they stand", () => {
    const one = (name: string) => `{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "${name}}"}}`;
    expect(readManifests(`${one("a")}\n${one("b")} ${one("c")}\n`).resources.map(({ line }) => line)).toEqual([
      1, 2, 2,
    ]);
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${one("a")}\n- ${one("b")}\n- null\n- {kind: Pod}\n`;
    expect(readManifests(list)).toMatchObject({
      resources: [{ line: 4 }, { line: 5 }],
      unread: [{ line: 7, why: expect.stringContaining("no apiVersion") }],
    });
  });

  test("a generateName is a name", () => {
    const job = `apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: load-, namespace: shop}\n---\n${DATA}`;
    expect(readManifests(job).resources.map(({ name }) => name)).toEqual(["shop/load-*", "b/a"]);
  });
});

test("what is written is read as it was, by kubectl and by readers of YAML 1.2", () => {
  const texts = fc.oneof(
    fc.constantFrom(...READ.map(([text]) => text), "0B1", "0X1", "1:30:00", "<<", "null", "- a", "a: b", "#", "\u0007"),
    fc.string({ unit: fc.constantFrom(..."019+-._xbonyeE:~ ") }),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), texts), (values) => {
      const manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "b" }, data: values };
      expect(readManifests(written(manifest)).resources[0]?.props).toEqual(manifest);
    }),
  );
  expect(written({ pool: "on", port: "0o17", half: "1:30", plain: "text" })).toBe(
    'pool: "on"\nport: "0o17"\nhalf: "1:30"\nplain: text\n',
  );
});

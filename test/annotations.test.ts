import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ANNOTATIONS } from "../components/postgres/names";

const root = join(__dirname, "..");
const ROOMS = ["commands", "components", "cluster", "config", "drills", "graph", "local", "planner", "policy"];

/** In which sources each label or annotation of ours is typed, by its name; words of a sentence have other marks. */
function typed(ending: RegExp, beside: RegExp): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const room of ROOMS) {
    for (const path of readdirSync(join(root, room), { recursive: true, encoding: "utf8" })) {
      if (!ending.test(path) || beside.test(path)) continue;
      const source = readFileSync(join(root, room, path), "utf8");
      for (const [, name] of source.matchAll(/"(holdfast\.dev\/[a-z-]+)"/g))
        found.set(name!, [...(found.get(name!) ?? []), `${room}/${path}`]);
    }
  }
  return found;
}

const PYTHON = typed(/\.py$/, /(^|\/)tests\//);
const TYPESCRIPT = typed(/\.ts$/, /\.test\.ts$|testing\/|examples\.ts$|node_modules/);

test("each label and annotation of ours is typed once in a language", () => {
  const twice = [...PYTHON, ...TYPESCRIPT].filter(([, places]) => places.length > 1);
  expect(twice).toEqual([]);
  expect(TYPESCRIPT.size).toBeGreaterThan(8);
});

/** What only the image's programs write and read. */
const AMONG_THEM = ["holdfast.dev/fenced", "holdfast.dev/position"];

test("Python and TypeScript name the same ones", () => {
  expect([...PYTHON.keys()].sort()).toEqual([...Object.values(ANNOTATIONS), ...AMONG_THEM].sort());
});

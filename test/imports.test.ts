import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";

const RULES = ".dependency-cruiser.cjs";
const root = join(__dirname, "..");

/** Every import that is against a rule in a folder, as `rule: from -> to`. */
async function violations(folder: string): Promise<string[]> {
  const { stdout } = await execa("depcruise", [".", "--output-type", "json"], {
    cwd: folder,
    preferLocal: true,
    localDir: root,
    reject: false,
  });
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { rule: { name: string }; from: string; to: string }[] };
  };
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`).sort();
}

test("every import goes down the order of rooms, none in a circle (`npx depcruise . -T err-long`)", async () => {
  expect(await violations(root)).toEqual([]);
});

/** A small house with each kind of wrong import in it: what a file says, and the rules it breaks. */
const HOUSE: Record<string, [text: string, ...broken: string[]]> = {
  "graph/a.ts": ['import "../config/a";', "graph-imports-downwards: graph/a.ts -> config/a.ts"],
  "config/a.ts": [""],
  "graph/b.ts": [""],
  "policy/a.ts": [
    'import type { C } from "../components/c";\nexport type P = C;',
    "policy-imports-downwards: policy/a.ts -> components/c.ts",
  ],
  "components/c.ts": ["export interface C { name: string }"],
  "stack.ts": ['import "./commands/a";', "program-imports-downwards: stack.ts -> commands/a.ts"],
  "commands/a.ts": ['export const a = import("../local/a");'],
  "local/a.ts": ['export type A = typeof import("../bench/a");', "local-imports-downwards: local/a.ts -> bench/a.ts"],
  "bench/a.ts": [
    'import "../examples/one/index";',
    "nobody-imports-programs-apart: bench/a.ts -> examples/one/index.ts",
  ],
  "examples/one/index.ts": [""],
  "app/src/a.ts": ['import "../../graph/b";', "app-stands-alone: app/src/a.ts -> graph/b.ts"],
  "cellar/a.ts": ['import "../graph/b";', "room-in-order: cellar/a.ts -> graph/b.ts"],
  "components/a.ts": ['import "../test/support";', "tests-stay-out: components/a.ts -> test/support.ts"],
  "components/b.ts": ['import "./a.test";', "tests-stay-out: components/b.ts -> components/a.test.ts"],
  "components/a.test.ts": ['import "../commands/a";'],
  "test/support.ts": ['import "../stack";'],
  "components/one/one.ts": [
    'import "../two/two";\nimport "../common/a";\nimport "./drills";',
    "components-stand-alone: components/one/one.ts -> components/two/two.ts",
    "constructors-carry-no-instrument: components/one/one.ts -> components/one/drills.ts",
  ],
  "components/app/app.ts": ['import "../one/one";'],
  "components/one/drills.ts": ['import "./drills/a";\nimport "../../drills/load/a";'],
  "components/one/drills/a.ts": ['import "./b";'],
  "components/one/drills/b.ts": [""],
  "components/two/two.ts": [
    'import "../../drills/load/b";',
    "constructors-carry-no-instrument: components/two/two.ts -> drills/load/b.ts",
  ],
  "components/common/a.ts": [""],
  "planner/a.ts": ['import "node:fs";', "planner-is-pure: planner/a.ts -> fs"],
  "planner/b.ts": ['import "./simulation/a";', "planner-is-pure: planner/b.ts -> planner/simulation/a.ts"],
  "planner/simulation/a.ts": ['import "node:fs";'],
  "drills/a.ts": ['import "./b";', "no-file-cycle: drills/a.ts -> drills/b.ts"],
  "drills/b.ts": ['import "./a";'],
  "drills/load/a.ts": ['import "../check/a";', "no-folder-cycle: drills/load -> drills/check"],
  "drills/check/a.ts": [""],
  "drills/check/b.ts": ['import "../load/b";', "no-folder-cycle: drills/check -> drills/load"],
  "drills/load/b.ts": [""],
};

let house: string;
beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), "holdfast-house-"));
  cpSync(join(root, RULES), join(house, RULES));
  for (const [file, [text]] of Object.entries(HOUSE)) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), text);
  }
});
afterAll(() => rmSync(house, { recursive: true, force: true }));

test("each kind of wrong import is found, and no right one", async () => {
  expect(await violations(house)).toEqual(
    Object.values(HOUSE)
      .flatMap(([, ...broken]) => broken)
      .sort(),
  );
});

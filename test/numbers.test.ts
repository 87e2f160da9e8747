import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DEFAULT_UID } from "../components/common/security";
import { UID } from "../drills/agent/manifests";
import { numbersOfLua, pythonNumbers } from "./support/numbers";

/** Lines of Python: with the constants and the nameless numbers that are found in each. */
const PYTHON: [string, string[], number[]][] = [
  ["PATIENCE = 1.0", ["PATIENCE"], []],
  ["ROUNDS: int = 0", ["ROUNDS"], []],
  ["PAUSES = (4, 8)", ["PAUSES"], []],
  ["class Door:\n    TIMES = 3", ["TIMES"], []],
  ['LONGER = number("FENCE_SECONDS") + 4', ["LONGER"], []],
  ["ROOM = 1 << 30", ["ROOM"], []],
  ['PORT = number("PORT")', [], []],
  ['HOST = environ["HOSTS"].split()[2]', [], []],
  ['NAME = "7"', [], []],
  ["ask(timeout=1)", [], [1]],
  ["ask(connect_timeout=2)", [], [2]],
  ["sleep(5)", [], [5]],
  ["event.wait(20)", [], [20]],
  ["def ask(seconds: float = 2.0): pass", [], [2]],
  ["def ask(*, tries=1): pass", [], [1]],
  ["healthy = lambda: now() - last < 60", [], [60]],
  ["limit = 300", [], [300]],
  ["rest = number // 7", [], [7]],
  ["seen, rounds = 0.0, 1", [], []],
  ["last = words[2][1:3]", [], []],
  ["value = int(text, 16) >> 32 & 0xFF", [], []],
  ["os.umask(0o077)", [], []],
  ["fine = len(words) == 3", [], []],
];

test("numbers of Python are found", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-numbers-"));
  try {
    PYTHON.forEach(([source], at) => writeFileSync(join(folder, `line_${at}.py`), `${source}\n`));
    const found = pythonNumbers(folder);
    expect(PYTHON.map(([source], at) => [source, found[`line_${at}`]])).toEqual(
      PYTHON.map(([source, named, nameless]) => [source, { named, nameless }]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const LUA: [string, string[], number[]][] = [
  ["local LONGEST, HOPE = 5, 15", ["HOPE", "LONGEST"], []],
  ["outliers.SPANS = { 10, 60 }", ["outliers.SPANS"], []],
  ["local LEAST = 1", ["LEAST"], []],
  ["local FULL = ...", [], []],
  ["-- waits 5 seconds", [], []],
  ['local NAME = "7"', [], []],
  ["core.msleep(250)", [], [250]],
  ["  local most = 2", [], [2]],
  ["local first, x1 = list[1], 0", [], []],
];

test.each(LUA)("%s", (source, constants, numbers) => {
  expect(numbersOfLua(source)).toEqual({ named: constants, nameless: numbers });
});

test("every image of ours and the drills' load run as the same user", () => {
  for (const folder of ["app", "components/postgres/image"]) {
    const dockerfile = readFileSync(join(__dirname, "..", folder, "Dockerfile"), "utf8");
    expect(/^USER (.*)$/m.exec(dockerfile)?.[1], folder).toBe(`${DEFAULT_UID}:${DEFAULT_UID}`);
  }
  expect(UID).toBe(DEFAULT_UID);
});

const COMPONENTS = join(__dirname, "../components");

/** The sources of every alert, by path. */
const ALERTS = readdirSync(COMPONENTS, { recursive: true, encoding: "utf8" })
  .filter((path) => /(^|\/)alerts(\/\w+)?\.ts$/.test(path))
  .map((path) => [path, readFileSync(join(COMPONENTS, path), "utf8")] as const);

/** What an expression is measured against where that is written into it; 0 and 1 are no bound, nor are units. */
const bounds = (source: string): string[] =>
  [...source.matchAll(/(?:[<>]=?|[*,]) (\d+(?:\.\d+)?)(?![\w.])/g)]
    .map(([, number]) => number!)
    .filter((number) => !["0", "1", "24", "60", "100", "3600", "86400"].includes(number));

test.each(ALERTS)("what alerts are measured against is a number of settings.ts: %s", (_, source) => {
  const table = source.indexOf("BURN_ALERTS = [");
  // The table of a book, each line a whole.
  const rest = table < 0 ? source : source.slice(0, table) + source.slice(source.indexOf("];", table));
  expect(bounds(rest)).toEqual([]);
});

test("a bound that is written into an expression is found", () => {
  expect(bounds("`a / b < 0.4 and predict_linear(c[1h], 6 * 3600) >= 7 * d`")).toEqual(["0.4", "6", "7"]);
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KEYS } from "../config/keys";

const FOLDER = join(__dirname, "..", "components");

const FILES = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.(ts|sh|lua|md|py)$/.test(file) && !/\.test\.ts$|(^|\/)tests\//.test(file))
  .map((file) => ({ file, text: readFileSync(join(FOLDER, file), "utf8") }));

/** What stays: a value with another of which what exists would be another thing, and a word that means no shop's. */
const KEPT: Record<string, string> = {
  "postgres/settings.ts": 'database: "online_shop"',
  "postgres/drills/rescue.ts": "a person orders the last",
  "postgres/rescue/need.ts": "without any loss and without an order",
  "postgres/restore/carry.ts": "putting things in order",
};

/** Generated tables, blocks of code and quotes of a page: they show this repository's own stack as the example. */
const SHOWN = /<!-- ([\w-]+):begin[\s\S]*?:end -->|```[\s\S]*?```|`[^`]*`/g;

/** A file without the examples in its docstrings (in backquotes) and without {@link KEPT}. A runbook shows none. */
function withoutExamples(file: string, text: string): string {
  if (file.endsWith("README.md")) return text.replace(SHOWN, "``");
  const stripped = text.replace(/\/\*\*[\s\S]*?\*\//g, (comment) => comment.replace(/`[^`]*`/g, "``"));
  return stripped.replace(KEPT[file] ?? "\0", "");
}

const COMMENTS: Record<string, RegExp> = {
  ts: /\/\*[\s\S]*?\*\/|(?<![:"'`\w])\/\/ .*$/gm,
  sh: /(^|\s)#.*$/gm,
  lua: /--.*$/gm,
};

/** Words that name what the shop sells; a page and an agent may speak of a person's order. */
const GOODS = /\b(?:orders?|products?|carts?)\b/gi;

/** A file without comments. */
function code(file: string, text: string): string {
  return text.replace(COMMENTS[file.split(".").at(-1)!] ?? "\0", "").replace(KEPT[file] ?? "\0", "");
}

/** Keys that no component has as the name of an argument. */
const STACK_KEYS = Object.keys(KEYS)
  .filter((key) => /[A-Z]/.test(key))
  .filter(
    (key) => !FILES.some(({ file, text }) => file.endsWith(".ts") && new RegExp(`^ +${key}\\??:`, "m").test(text)),
  );

test("the components know neither the shop nor the keys of this repository's stack", () => {
  expect(STACK_KEYS).toContain("webMaxReplicas");
  const key = new RegExp(`\\b(?:${STACK_KEYS.join("|")})\\b`, "g");
  const found = FILES.flatMap(({ file, text }) => {
    const words = [
      ...withoutExamples(file, text).matchAll(/\w*shop\w*/gi),
      ...(/\.(md|py)$/.test(file) ? [] : code(file, text).matchAll(GOODS)),
      ...(file.endsWith("runbook.md") ? text.matchAll(/web-app/g) : []),
      ...withoutExamples(file, text).matchAll(key),
      ...withoutExamples(file, code(file, text)).matchAll(/nodejs_\w+/g),
    ];
    return words.map(([word]) => `${file}: ${word}`);
  });
  expect(found).toEqual([]);
});

test("every exception still stands in its file", () => {
  for (const [file, kept] of Object.entries(KEPT)) {
    expect(FILES.find((one) => one.file === file)?.text, file).toContain(kept);
  }
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, resolve } from "node:path";
import { marked, type Token } from "marked";
import { expect, test } from "vitest";
import { pages, root } from "./pages/blocks";

/** An anchor as GitHub makes it of a heading. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

function tokensOf(page: string): { links: string[]; anchors: string[]; spans: string[] } {
  const links: string[] = [];
  const anchors: string[] = [];
  const spans: string[] = [];
  marked.walkTokens(marked.lexer(readFileSync(page, "utf8")), (token: Token) => {
    if (token.type === "link") links.push(token.href as string);
    if (token.type === "codespan") spans.push(token.text as string);
    if (token.type === "heading") anchors.push(anchor(token.text as string));
  });
  return { links, anchors, spans };
}

test.each(pages())("links of %s lead somewhere", (page) => {
  for (const link of tokensOf(join(root, page)).links.filter((href) => !/^[a-z]+:/.test(href))) {
    const [path = "", fragment] = link.split("#");
    const target = path === "" ? join(root, page) : resolve(root, dirname(page), path);
    expect(existsSync(target), `${link}`).toBe(true);
    if (fragment && target.endsWith(".md")) expect(tokensOf(target).anchors, link).toContain(fragment);
  }
});

/** A path of the repository between backticks; `<name>` stands for one of several. */
const PATH = /^\.?[\w-]+\/[\w./<>-]*$/;

/** Whether something is there, and for a placeholder whether at least one such thing is. */
function there(path: string): boolean {
  const [before = "", ...after] = path.split(/<\w+>/);
  if (after.length === 0) return existsSync(join(root, path));
  return (
    existsSync(join(root, before)) &&
    readdirSync(join(root, before)).some((name) => there(before + name + after.join(name)))
  );
}

test.each(["docs/architecture.md", "CONTRIBUTING.md"])("paths that %s names are there", (page) => {
  const paths = tokensOf(join(root, page)).spans.filter((span) => PATH.test(span));
  expect(paths.length).toBeGreaterThan(5);
  expect(paths.filter((path) => !there(path))).toEqual([]);
});

test.each([
  ["drills/drill.ts", true],
  ["drills/", true],
  ["drills/dril.ts", false],
  ["components/<name>/args.ts", true],
  ["components/<name>/arguments.ts", false],
])("a path is looked up: %s is there: %s", (path, expected) => {
  expect(PATH.test(path)).toBe(true);
  expect(there(path)).toBe(expected);
});

/** Pages that links lead to from some pages on, those included. */
function reached(from: string[]): Set<string> {
  const found = new Set(from);
  for (const page of found) {
    if (!page.endsWith(".md")) continue;
    for (const link of tokensOf(join(root, page)).links) {
      const target = normalize(join(dirname(page), link.split("#")[0]!));
      if (!/^[a-z]+:/.test(link) && existsSync(join(root, target))) found.add(target);
    }
  }
  return found;
}

test("every page is reached from the README", () => {
  const found = reached(["README.md"]);
  expect(pages().filter((page) => !found.has(page))).toEqual([]);
});

test("a page that only an unreached page links to is not reached", () => {
  expect(reached(["LICENSE"])).toEqual(new Set(["LICENSE"]));
  expect(reached(["docs/versions.md"]).has("docs/architecture.md")).toBe(false);
});

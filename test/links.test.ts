import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { marked, type Token } from "marked";
import { expect, test } from "vitest";

const root = join(__dirname, "..");
const below = (folder: string) => readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".md") && !file.includes("node_modules")).map((file) => join(folder, file));
const pages = ["README.md", "CHANGELOG.md", ...below("docs"), ...below("examples")];

/** An anchor as GitHub makes it of a heading. */
const anchor = (heading: string) => heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(" ", "-");

function tokensOf(page: string): { links: string[]; anchors: string[] } {
  const links: string[] = [];
  const anchors: string[] = [];
  marked.walkTokens(marked.lexer(readFileSync(page, "utf8")), (token: Token) => {
    if (token.type === "link") links.push(token.href as string);
    if (token.type === "heading") anchors.push(anchor(token.text as string));
  });
  return { links, anchors };
}

test.each(pages)("links of %s lead somewhere", (page) => {
  for (const link of tokensOf(join(root, page)).links.filter((href) => !/^[a-z]+:/.test(href))) {
    const [path = "", fragment] = link.split("#");
    const target = path === "" ? join(root, page) : resolve(root, dirname(page), path);
    expect(existsSync(target), `${link}`).toBe(true);
    if (fragment && target.endsWith(".md")) expect(tokensOf(target).anchors, link).toContain(fragment);
  }
});

test("the README's commands exist", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const named = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/npm run (?:-s )?([\w:]+)/g)].map((match) => match[1]);
  expect(named.length).toBeGreaterThan(10);
  for (const name of named) expect(Object.keys(scripts)).toContain(name);
});

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
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

function tokensOf(page: string): { links: string[]; anchors: string[] } {
  const links: string[] = [];
  const anchors: string[] = [];
  marked.walkTokens(marked.lexer(readFileSync(page, "utf8")), (token: Token) => {
    if (token.type === "link") links.push(token.href as string);
    if (token.type === "heading") anchors.push(anchor(token.text as string));
  });
  return { links, anchors };
}

test.each(pages())("links of %s lead somewhere", (page) => {
  for (const link of tokensOf(join(root, page)).links.filter((href) => !/^[a-z]+:/.test(href))) {
    const [path = "", fragment] = link.split("#");
    const target = path === "" ? join(root, page) : resolve(root, dirname(page), path);
    expect(existsSync(target), `${link}`).toBe(true);
    if (fragment && target.endsWith(".md")) expect(tokensOf(target).anchors, link).toContain(fragment);
  }
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A code block of a Markdown page, between two fences. */
export interface Block {
  /** Path of the page in the repository. */
  page: string;
  /** Number of the line with the opening fence, from 1. */
  line: number;
  /** What stands behind the opening fence; empty where nothing does. */
  language: string;
  text: string;
  /** Why it can't be run, as the comment just before it says: `<!-- not run: needs a cluster of your own -->`. */
  reason?: string;
  /** Name of the section that a program writes, where the block stands in one. */
  section?: string;
}

/** The repository's root. */
export const root = join(__dirname, "..", "..");

/** Every page a reader follows, by its path in the repository. */
export function pages(): string[] {
  const below = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".md") && !file.includes("node_modules"))
      .map((file) => join(folder, file))
      .sort();
  return [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "app/README.md",
    ...below("components"),
    ...below("docs"),
    ...below("examples"),
  ];
}

/** The text of a page of the repository. */
export const textOf = (page: string): string => readFileSync(join(root, page), "utf8");

const FENCE = /^( *)(`{3,})(.*)$/;
const REASON = /^ *<!-- not run: (.+) -->$/;
const EDGE = /<!-- ([\w-]+):(begin|end) -->/;

/**
 * The fenced blocks of a page, in their order.
 *
 * @throws Error where a fence is not closed
 */
export function blocksOf(page: string, text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  let section: string | undefined;
  for (let i = 0; i < lines.length; i++) {
    const [, name, edge] = EDGE.exec(lines[i]!) ?? [];
    if (edge) section = edge === "begin" ? name : undefined;
    const [, indent, fence, language] = FENCE.exec(lines[i]!) ?? [];
    if (fence === undefined) continue;
    const from = i + 1;
    const to = lines.findIndex((line, n) => n >= from && line.trim() === fence);
    if (to < 0) throw new Error(`${page}:${from}: the block that begins here has no end`);
    const before =
      lines
        .slice(0, i)
        .filter((line) => line.trim() !== "")
        .at(-1) ?? "";
    const reason = REASON.exec(before)?.[1];
    blocks.push({
      page,
      line: from,
      language: language!.trim(),
      text: lines
        .slice(from, to)
        .map((line) => line.replace(new RegExp(`^ {0,${indent!.length}}`), ""))
        .join("\n"),
      ...(reason === undefined ? {} : { reason }),
      ...(section === undefined ? {} : { section }),
    });
    i = to;
  }
  return blocks;
}

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const FOLDER = "docs/decisions";
/** A record longer than this holds two decisions, or a history that git has. */
const MOST_WORDS = 400;

const records = readdirSync(FOLDER).filter((file) => file.endsWith(".md") && file !== "README.md");
const wordsOf = (text: string): number => text.split(/\s+/).filter(Boolean).length;

test.each(records)("%s is short, and listed", (record) => {
  expect(wordsOf(readFileSync(`${FOLDER}/${record}`, "utf8"))).toBeLessThanOrEqual(MOST_WORDS);
  expect(readFileSync(`${FOLDER}/README.md`, "utf8")).toContain(`](${record})`);
});

test.each([
  ["docs/architecture.md", 120],
  ["docs/measurements.md", 70],
])("%s is one page, of at most %i lines", (page, most) => {
  expect(readFileSync(page, "utf8").split("\n").length - 1).toBeLessThanOrEqual(most);
});

test.each([
  ["one  two\nthree ", 3],
  ["", 0],
])("words of %j are %i", (text, count) => expect(wordsOf(text)).toBe(count));

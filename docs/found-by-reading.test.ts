import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Text of all files below a folder with this ending. */
const textOf = (folder: string, ending: string): string =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(`${folder}/${name}`, "utf8"))
    .join("\n");

test("what finds a fault that was read exists under that name", () => {
  const page = readFileSync("docs/decisions/found-by-reading.md", "utf8");
  const tests = textOf("components/postgres/image/tests", ".py");
  const drills = textOf("components/postgres/drills", ".ts");
  const rows = page.split("\n").filter((line) => /^\| (?!read|---)/.test(line));
  expect(rows.length).toBe(9);
  for (const row of rows) {
    const found = [...(row.split("|").at(-2) ?? "").matchAll(/`([\w-]+)`/g)].map(([, name]) => name ?? "");
    expect(found.length, row).toBeGreaterThan(0);
    for (const name of found) {
      if (name.startsWith("test_")) expect(tests).toContain(`def ${name}(`);
      else expect(drills).toContain(`name: "${name}"`);
    }
  }
});

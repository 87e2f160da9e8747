import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keptSeries, measuredTable } from "../docs/drills";
import { keep } from "./keep";

const tally = (outageSeconds: number, failed: number) => ({
  sent: 1500,
  acknowledged: 1500 - failed,
  failed,
  outageSeconds,
});
const run = (outage: number) => ({
  writes: tally(outage, 1),
  reads: tally(0.25, 0),
  copies: { of: 2, gone: [] },
  alongside: [{ way: "sql", writes: tally(outage / 2, 0), reads: tally(0.1, 0) }],
});
const report = (drill: string, outages: number[]) => ({
  version: 1,
  drill,
  startedAt: "2026-11-30T12:00:00.000Z",
  runs: outages.map(run),
  summary: { writes: { lost: 0, duplicates: 0, deposed: 0 }, reads: { stale: 0 } },
  judgements: [{ what: "failed writes, worst run", promised: "≤ 0", found: "1", met: false }],
});

let folder: string;
const file = (name: string, content: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keep-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("the table shows each drill's newest series, the code before under it, by name", () => {
  const kept = join(folder, "kept");
  keep([file("d.json", report("drain", [9]))], { commit: "old", folder: kept });
  keep([file("d.json", report("drain", [1.5, 0.5])), file("s.json", report("postgres-switchover", [1.254, 1, 2]))], {
    commit: "new",
    folder: kept,
  });
  keep([file("b.json", report("postgres-switchover", [3]))], { commit: "old", before: true, folder: kept });
  expect(
    measuredTable(keptSeries(kept))
      .split("\n")
      .slice(2)
      .map((line) =>
        line
          .split("|")
          .slice(1, 5)
          .map((cell) => cell.trim()),
      ),
  ).toEqual([
    ["drill (day, commit)", "runs", "writes out, s: median / p95 / worst", "reads out, s"],
    ["---", "---", "---", "---"],
    ["`drain` (2026-11-30, new)", "2", "1.00 / 1.45 / 1.50", "0.25 / 0.25 / 0.25"],
    ["… SQL", "", "0.50 / 0.72 / 0.75", "0.10 / 0.10 / 0.10"],
    ["`postgres-switchover` (2026-11-30, new)", "3", "1.25 / 1.92 / 2.00", "0.25 / 0.25 / 0.25"],
    ["… SQL", "", "0.63 / 0.96 / 1.00", "0.10 / 0.10 / 0.10"],
    ["`postgres-switchover`, before (2026-11-30, old)", "1", "3.00 / 3.00 / 3.00", "0.25 / 0.25 / 0.25"],
    ["… SQL", "", "1.50 / 1.50 / 1.50", "0.10 / 0.10 / 0.10"],
  ]);
  expect(measuredTable(keptSeries(kept))).toContain(
    "| 3 of 4,500 | 0 of 4,500 | 0 / 0 / 0 / 0 / 0 | **missed**: failed writes, worst run 1 (≤ 0) |",
  );
});

test.each([
  ["no JSON", "{", /is no report of a drill \(/],
  ["another program's JSON", JSON.stringify({ version: 2 }), /is no report of a drill; name a file/],
  ["a drill that there is not", JSON.stringify(report("drian", [1])), /did you mean drain/],
])("%s is refused, and nothing is written", (_, content, message) => {
  const wrong = join(folder, "wrong.json");
  writeFileSync(wrong, content);
  const kept = join(folder, "kept");
  expect(() => keep([file("good.json", report("drain", [1])), wrong], { commit: "x", folder: kept })).toThrow(message);
  expect(readdirSync(folder)).not.toContain("kept");
});

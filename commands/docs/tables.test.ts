import { expect, test } from "vitest";
import type { KeptSeries } from "../../drills/report/kept-series";
import { promised } from "./drill-table";
import { earlierTable, keptSeries } from "./drills";
import { keptTables, tableSection, type KeptTable } from "./kept-tables";
import { forecastTables, liveTable, queueTable } from "./planner-results";

const measured: KeptTable = {
  title: "Starts",
  measuredAt: "2026-11-30",
  machine: "2 cores",
  command: "npx tsx bench/a.ts",
  typed: false,
  head: ["what", "s"],
  rows: [
    ["cold", 1234],
    ["warm", "0.5"],
  ],
};

test("a kept table says day, machine and command, and whether a person typed it", () => {
  expect(tableSection(measured)).toBe(
    "## Starts\n\n2026-11-30, 2 cores: `npx tsx bench/a.ts`.\n\n" +
      "| what | s |\n| --- | --- |\n| cold | 1,234 |\n| warm | 0.5 |",
  );
  expect(tableSection({ ...measured, typed: true, note: "One run." }, "###")).toMatch(
    /^### Starts\n\n2026-11-30, 2 cores: `.*`, typed from what it printed\. One run\.\n/,
  );
});

test.each(keptTables().map((kept) => [kept.title, kept] as const))(
  "%s: each row has a cell for each column",
  (_, kept) => {
    expect(kept.rows.length).toBeGreaterThan(0);
    for (const row of kept.rows) expect(row.length).toBe(kept.head.length);
  },
);

test("a drill with a kept series is no longer shown as an earlier one", () => {
  const series = { ...keptSeries()[0]!.series, drill: "redis-handed-over" } satisfies KeptSeries;
  expect(earlierTable([])).toContain("| `redis-handed-over` |");
  expect(earlierTable([{ series, before: false }])).not.toContain("redis-handed-over");
});

test.each([
  [{ wholeAgainSeconds: 60 }, "whole again ≤ 60 s"],
  [
    { writeOutageSeconds: 2, failedWrites: 0, failedReads: 0, wholeAgainSeconds: 60 },
    "writes out ≤ 2 s, no request failed, whole again ≤ 60 s",
  ],
  [
    { failedWrites: 60, failedReads: 0, namedSeconds: 120, wholeAgainSeconds: 60 },
    "at most 60 writes failed, at most 0 reads failed, alert ≤ 120 s, whole again ≤ 60 s",
  ],
  [
    { failovers: 0, copiesKept: true as const, unanswered: 0, wholeAgainSeconds: 9 },
    "at most 0 requests without an answer, at most 0 failovers, standbys keep their data, whole again ≤ 9 s",
  ],
])("%j is promised in words", (expectation, words) => expect(promised(expectation)).toBe(words));

test("errors of the queues stand in the column of their variability", () => {
  const error = { discipline: "shared", balancers: 1, mean: 1, p95: 2, p99: 3 };
  expect(
    queueTable({ worst: [0.25, 4].map((variability) => ({ ...error, variability, mean: variability })) }),
  ).toContain("| shared | 1 | 0.25 / 2 / 3 | 4 / 2 / 3 |");
});

test("the backtest has a row for each way of scaling", () => {
  const one = { mean: 150.75, deviation: 8.8, min: 135, max: 165 };
  const policy = { violationSeconds: one, podHours: one };
  const policies = { plain: policy, plainSameCost: policy, withNaive: policy, withForecast: policy };
  const text = forecastTables({ smooth: { errorPercent: { holtWinters: one, seasonalNaive: one }, policies } });
  expect(text).toContain("| smooth | 150.8 ± 8.8 | 150.8 ± 8.8 |");
  expect(text).toContain("| smooth | floor from the forecast | 151 ± 9 (135 to 165) | 151 ± 9 (135 to 165) |");
});

test("the planner's prediction stands beside what was measured", () => {
  const times = { meanMs: 12.08, p95Ms: 36.52 };
  const row = { share: 0.5, rate: 270.03, webCores: 0.21, predicted: times, kernelSimulation: times, measured: times };
  const live = {
    at: "2026-11-25T10:09:38.683Z",
    machine: "2 cores",
    seconds: 60,
    pods: 2,
    podCores: 0.25,
    rows: [row],
  };
  expect(liveTable(live)).toMatchObject({
    measuredAt: "2026-11-25",
    rows: [[270, "50 %", "12.1 / 36.5", "12.1 / 36.5", "12.1 / 36.5", "0.78"]],
  });
});

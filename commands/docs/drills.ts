import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { spread } from "../../drills/measure/runs";
import type { KeptSeries, KeptTally } from "../../drills/report/kept-series";
import { repository } from "../../local/paths";
import { tableSection, type KeptTable } from "./kept-tables";
import { KEPT_FOLDER } from "../support/results";
import { table } from "./sections";

/** Every kept series, by name. A series of the code before a change follows the series it is compared with. */
export function keptSeries(folder = join(repository, KEPT_FOLDER)): { series: KeptSeries; before: boolean }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => ({
      series: JSON.parse(readFileSync(join(folder, file), "utf8")) as KeptSeries,
      before: file.endsWith(".before.json"),
    }))
    .sort((a, b) => a.series.drill.localeCompare(b.series.drill, "en") || Number(a.before) - Number(b.before));
}

const NAMES: Record<string, string> = { shop: "", sql: "SQL", direct: "the second writer", redis: "Redis itself" };

function seconds({ outageSeconds }: KeptTally): string {
  const { median, p95, worst } = spread(outageSeconds)!;
  return [median, p95, worst].map((value) => value.toFixed(2)).join(" / ");
}

const failed = ({ failed: bad, sent }: KeptTally): string =>
  `${bad.toLocaleString("en")} of ${sent.toLocaleString("en")}`;

function rows({ series, before }: { series: KeptSeries; before: boolean }): string[][] {
  const promise =
    series.missed.length === 0
      ? "met"
      : series.missed.map(({ what, promised, found }) => `**missed**: ${what} ${found} (${promised})`).join("; ");
  const wrong = [series.lost, series.duplicates, series.deposed, series.stale, series.copiesGone ?? "–"].join(" / ");
  return series.ways.map(({ way, writes, reads }, index) => [
    index > 0
      ? `… ${NAMES[way]}`
      : `\`${series.drill}\`${before ? ", before" : ""} (${series.startedAt.slice(0, 10)}, ${series.commit})`,
    index > 0 ? "" : String(writes.outageSeconds.length),
    // The second writer's address answers no more once its server is gone, so it has no outage to measure.
    way === "direct" ? "–" : seconds(writes),
    reads ? seconds(reads) : "–",
    failed(writes),
    reads ? failed(reads) : "–",
    index > 0 ? "–" : wrong,
    index > 0 ? "–" : promise,
  ]);
}

/** Table of the newest series of each drill. */
export function measuredTable(all = keptSeries()): string {
  const machines = [...new Set(all.map(({ series }) => series.machine))];
  return `Measured on ${machines.join("; ")}.\n\n${table(
    [
      "drill (day, commit)",
      "runs",
      "writes out, s: median / p95 / worst",
      "reads out, s",
      "failed writes",
      "failed reads",
      "lost / twice / deposed / stale / copies gone",
      "promise",
    ],
    all.flatMap(rows),
  )}`;
}

/** Series of before `npm run drill -- keep` was there: medians that a person copied, and no runs. */
const EARLIER = "docs/results/earlier-drills.json";

/** The table of drills without a kept series, from earlier reports. */
export function earlierTable(all = keptSeries()): string {
  const { rows, ...earlier } = JSON.parse(readFileSync(join(repository, EARLIER), "utf8")) as KeptTable;
  const kept = new Set(all.map(({ series }) => `\`${series.drill}\``));
  return tableSection({ ...earlier, rows: rows.filter(([drill]) => !kept.has(String(drill))) }, "###");
}

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { toHtml } from "./html";
import { toMarkdown } from "./markdown";
import type { DrillReport } from "./report";
import type { Sample } from "./samples";

/** The report's JSON form; numbers with more digits than were measured are cut. */
export function toJson(report: DrillReport): string {
  return (
    JSON.stringify(report, (_, value: unknown) => (typeof value === "number" ? Number(value.toFixed(3)) : value), 2) +
    "\n"
  );
}

/**
 * Writes the report three times: JSON for programs, Markdown for a note, HTML with plots.
 *
 * @param folder made if it is not there
 * @param json another file that gets the JSON, if any
 * @returns path of the HTML page
 */
export async function writeReport(
  report: DrillReport,
  samples: Sample[][],
  folder: string,
  json?: string,
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  for (const path of [join(folder, "report.json"), ...(json === undefined ? [] : [json])]) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, toJson(report));
  }
  writeFileSync(join(folder, "report.md"), toMarkdown(report));
  const page = join(folder, "report.html");
  writeFileSync(page, await toHtml(report, samples));
  return page;
}

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../../config/refusal";
import { kept } from "../../drills/report/kept";
import type { DrillReport } from "../../drills/report/report";
import { repository } from "../../local/paths";
import { KEPT_FOLDER, machine } from "../support/results";
import { drillNamed } from "./catalogue";

/** Options of `npm run drill -- keep`. */
export interface KeepOptions {
  /** The code that was measured. @default the checkout's own commit */
  commit?: string;
  /** Whether the series is of the code before a change; it is kept beside the newest one. @default false */
  before?: boolean;
  /** Folder of the kept series. @default the docs' */
  folder?: string;
}

function read(file: string): DrillReport {
  const refusal = (why: string): Refusal =>
    new Refusal(`${file} is no report of a drill${why}; name a file that \`--json\` wrote.`);
  let report: Partial<DrillReport>;
  try {
    report = JSON.parse(readFileSync(file, "utf8")) as Partial<DrillReport>;
  } catch (error) {
    throw refusal(` (${(error as Error).message})`);
  }
  if (report.version !== 1 || !report.runs?.length || !report.drill) throw refusal("");
  drillNamed(report.drill);
  return report as DrillReport;
}

/**
 * Stores series for the docs' table. Each replaces the stored series of its drill.
 *
 * @param files reports as `--json` writes them; all are read before anything is written
 * @returns paths that were written
 * @throws Refusal where a file is no report, or is the report of an unknown drill
 */
export function keep(
  files: string[],
  { commit, before = false, folder = join(repository, KEPT_FOLDER) }: KeepOptions,
): string[] {
  const reports = files.map(read);
  const code =
    commit ?? execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: repository, encoding: "utf8" }).trim();
  mkdirSync(folder, { recursive: true });
  return reports.map((report) => {
    const path = join(folder, `${report.drill}${before ? ".before" : ""}.json`);
    writeFileSync(path, `${JSON.stringify(kept(report, code, machine()))}\n`);
    return path;
  });
}

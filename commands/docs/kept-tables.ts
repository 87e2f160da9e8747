import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../local/paths";
import { table } from "./sections";

/** Where a bench's `--json` puts what the docs show, one file a measurement: the newest one is kept. */
export const TABLES_FOLDER = "docs/results/tables";

/** A measurement as it is kept for the docs. */
export interface KeptTable {
  title: string;
  /** Day, ISO 8601. */
  measuredAt: string;
  /** What it ran on, in a few words. */
  machine: string;
  /** The command that measures it again. */
  command: string;
  /** Whether a person copied the numbers from what that command printed. */
  typed: boolean;
  head: string[];
  rows: (string | number)[][];
  /** What has to be known to read it; one or two sentences. */
  note?: string;
}

/** Every kept table, in the order of their titles. */
export function keptTables(folder = join(repository, TABLES_FOLDER)): KeptTable[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as KeptTable)
    .sort((a, b) => a.title.localeCompare(b.title, "en"));
}

/** A section of a page: under its title the day and the machine, then the numbers. */
export function tableSection(kept: KeptTable, level: "##" | "###" = "##"): string {
  const { title, measuredAt, machine: where, command, typed, head, rows, note } = kept;
  const cells = rows.map((row) => row.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en") : cell)));
  const source = `${measuredAt}, ${where}: \`${command}\`${typed ? ", typed from what it printed" : ""}.`;
  return [`${level} ${title}`, `${source}${note ? ` ${note}` : ""}`, table(head, cells)].join("\n\n");
}

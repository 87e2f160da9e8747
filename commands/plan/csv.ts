import { readFileSync, statSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { PlanError } from "../../planner/errors";
import { evenly, type History, LAST_SECOND, type Point } from "./history";

/** Bytes of a file that are read within ten seconds on two slow cores: two million short lines, four months at five seconds. */
const MOST_BYTES = 40 * 2 ** 20;

function textOf(path: string): string {
  const { size } = statSync(path);
  if (size > MOST_BYTES)
    throw new PlanError(
      "--from-csv",
      `${path}, ${Math.ceil(size / 2 ** 20)} MiB`,
      `more than ${MOST_BYTES / 2 ** 20} MiB is not read`,
      "Give five-minute means, or fewer days: the forecast takes means of five minutes anyway",
    );
  return readFileSync(path, "utf8");
}

/**
 * Reads `time,rate` lines with a heading; time in seconds since 1970 or as a date that carries its zone.
 *
 * @throws PlanError naming the file and the line
 */
export function historyFromCsv(path: string): History {
  let rows: string[][];
  try {
    rows = parse(textOf(path), { trim: true, skip_empty_lines: true }) as string[][];
  } catch (error) {
    if (error instanceof PlanError) throw error;
    throw new PlanError(
      "--from-csv",
      path,
      `it cannot be read (${(error as Error).message})`,
      "Give a file of lines time,rate with a heading",
    );
  }
  const points = rows.slice(1).map(([time = "", value = ""], index): Point => {
    const seconds = /^\d+(\.\d+)?$/.test(time) ? Number(time) : Date.parse(time) / 1000;
    if (!(Math.abs(seconds) <= LAST_SECOND) || value === "" || !Number.isFinite(Number(value))) {
      throw new PlanError(
        "--from-csv",
        `${path} line ${index + 2}`,
        `${JSON.stringify(`${time},${value}`)} is not a time and a rate`,
        "Give lines like 2026-01-31T09:05:00Z,211.5",
      );
    }
    return [seconds, Number(value)];
  });
  return evenly(points, "--from-csv");
}

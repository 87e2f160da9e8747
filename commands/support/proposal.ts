import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Session } from "./session";

/**
 * Whether an engine's event log ends with a summary in which every resource stays the same. A log without a summary, or
 * of another form, tells nothing, and then there may be something to do.
 *
 * @param log one JSON event a line, as `--event-log` writes it (what the Automation API reads, too)
 */
export function onlySame(log: string): boolean {
  const summaries = log.split("\n").filter((line) => line.includes('"summaryEvent"'))
    .map((line) => (JSON.parse(line) as { summaryEvent?: { resourceChanges?: Record<string, number> } }).summaryEvent?.resourceChanges);
  const changes = summaries.at(-1);
  return changes !== undefined && Object.entries(changes).every(([operation, count]) => operation === "same" || count === 0);
}

/** Previews to the terminal, and tells whether nothing at all would change. Throws what a failed preview throws. */
export async function proposesNothing(session: Session, args: string[]): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-preview-"));
  const log = join(folder, "events");
  try {
    await session.run(["preview", ...args, "--event-log", log]);
    return existsSync(log) && onlySame(readFileSync(log, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

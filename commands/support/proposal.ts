import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal } from "../../config/refusal";
import type { Step } from "./data-loss";
import { objection, type Sight } from "./gate";
import type { Session } from "./session";

/** An engine's event log: one JSON event a line, as `--event-log` writes it (what the Automation API reads, too). */
interface Event {
  summaryEvent?: { resourceChanges?: Record<string, number> };
  resourcePreEvent?: {
    metadata: Pick<Step, "op" | "urn" | "type"> & {
      keys?: string[] | null;
      old?: Partial<Step["old"]> | null;
      new?: { inputs?: Record<string, any> } | null;
    };
  };
}

/** The events of a log that are read here. */
function eventsOf(log: string): Event[] {
  return log
    .split("\n")
    .filter((line) => /"(summary|resourcePre)Event"/.test(line))
    .map((line) => JSON.parse(line) as Event);
}

/**
 * Whether an engine's event log ends with a summary in which every resource stays the same. A log without a summary
 * proves nothing, so it counts as a change.
 */
export function onlySame(log: string): boolean {
  const summaries = eventsOf(log).flatMap(({ summaryEvent }) => (summaryEvent ? [summaryEvent] : []));
  const changes = summaries.at(-1)?.resourceChanges;
  return (
    changes !== undefined && Object.entries(changes).every(([operation, count]) => operation === "same" || count === 0)
  );
}

/** Every step in an engine's event log. */
export function stepsIn(log: string): Step[] {
  return eventsOf(log).flatMap(({ resourcePreEvent }) => {
    if (!resourcePreEvent) return [];
    const { op, urn, type, keys, old, new: declared } = resourcePreEvent.metadata;
    const before = old && { id: old.id ?? "", provider: old.provider ?? "", inputs: old.inputs ?? {} };
    return [
      {
        op,
        urn,
        type,
        keys: keys ?? [],
        ...(before ? { old: before } : {}),
        ...(declared?.inputs ? { made: declared.inputs } : {}),
      },
    ];
  });
}

/**
 * Runs a preview in the terminal.
 *
 * @param named names of the objects that the user allows to be destroyed
 * @returns whether nothing would change
 * @throws Refusal where there is an {@link objection} to the plan, even if the preview failed; else the preview's error
 */
export async function proposesNothing(
  session: Session,
  args: string[],
  named: readonly string[],
  sight: Sight,
): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-preview-"));
  const file = join(folder, "events");
  const log = (): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
  const demandNoObjection = async (): Promise<void> => {
    const sentence = await objection(stepsIn(log()), named, sight);
    if (sentence !== undefined) throw new Refusal(sentence);
  };
  try {
    await session.run(["preview", ...args, "--event-log", file]).catch(async (error: unknown) => {
      // The cluster may have refused a step that the objection explains better. But a failed preview has not planned
      // everything, so a name that the user gave may be missing from it.
      if (named.length === 0) await demandNoObjection();
      throw error;
    });
    await demandNoObjection();
    return onlySame(log());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

import type { Catalogue } from "./catalogue";
import { instant, type Journal, unfinished } from "./journal";
import { described } from "./kept";

/** Unix seconds in words. */
const at = (seconds: number | null): string =>
  seconds === null ? "an unknown moment" : instant(new Date(seconds * 1000).toISOString());

const ENDS: Record<Catalogue["intervals"][number]["ends"], string> = {
  gap: "then WAL is missing",
  latest: "the newest that is archived",
  left: "there another history goes on",
};

/** What can be restored and what is kept, oldest first, for a person. Pure. */
export function listing({ intervals, gaps }: Catalogue, journal: Journal): string {
  const rows = [
    ...intervals.map(({ timeline, backup, from, to, ends }) => ({
      when: from,
      line: `  ${at(from)} to ${at(to)}, timeline ${timeline}, from backup ${backup}: ${ENDS[ends]}`,
    })),
    ...gaps.map(({ timeline, segments, first_missing, last_missing, from, to }) => ({
      when: from ?? 0,
      line:
        `  not ${at(from)} to ${at(to)}, timeline ${timeline}: ` +
        (segments === 1
          ? `WAL segment ${first_missing} is missing`
          : `${segments} WAL segments are missing (${first_missing} to ${last_missing})`),
    })),
  ].sort((a, b) => a.when - b.when);
  return [
    ...(journal.operation ? [unfinished(journal.operation), ""] : []),
    intervals.length === 0
      ? "Nothing can be restored: there is no backup yet."
      : "Every moment of these can be restored:",
    ...rows.map(({ line }) => line),
    "",
    journal.kept.length === 0 ? "No old data is kept." : "Old data that is kept:",
    ...journal.kept.map((set) => `  ${described(set)}`),
  ].join("\n");
}

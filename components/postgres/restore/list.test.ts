import { expect, test } from "vitest";
import type { Catalogue } from "./catalogue";
import { type Kept, utc } from "./journal";
import { chosenSet, keptLines } from "./kept";
import { listing } from "./list";

const at = (time: string): number => Date.parse(`2026-01-${time}Z`) / 1000;
const CATALOGUE: Catalogue = {
  backups: [],
  timelines: [],
  intervals: [
    { timeline: 2, backup: "20260131-021700F", from: at("31T02:20:00"), to: at("31T12:00:00"), ends: "latest" },
    { timeline: 1, backup: "20260130-021700F", from: at("30T02:20:00"), to: at("30T14:05:12"), ends: "gap" },
  ],
  gaps: [
    {
      timeline: 1,
      first_missing: "000000010000000000000007",
      last_missing: "000000010000000000000009",
      segments: 3,
      from: at("30T14:05:12"),
      to: null,
    },
  ],
};
const set = (id: string, day: string, restoredTo?: string): Kept => ({
  id,
  since: `2026-01-${day}T08:00:00.000Z`,
  volumes: [{ volume: "v", claim: "c", policy: "Delete" }],
  ...(restoredTo ? { restoredTo } : {}),
});
const LIVE = set("20260110-080000", "10");
const TRIED = set("20260111-080000", "11", "2026-01-09 12:00:00 UTC");
const TRIED_AGAIN = set("20260112-080000", "12", "2026-01-09 13:00:00 UTC");

test("the list is in the order of time, with what is missing in it, and what is kept below", () => {
  expect(listing(CATALOGUE, { kept: [LIVE] })).toBe(`Every moment of these can be restored:
  2026-01-30 02:20:00 UTC to 2026-01-30 14:05:12 UTC, timeline 1, from backup 20260130-021700F: then WAL is missing
  not 2026-01-30 14:05:12 UTC to an unknown moment, timeline 1: 3 WAL segments are missing (000000010000000000000007 to 000000010000000000000009)
  2026-01-31 02:20:00 UTC to 2026-01-31 12:00:00 UTC, timeline 2, from backup 20260131-021700F: the newest that is archived

Old data that is kept:
  20260110-080000: the database as it ran until then, kept since 2026-01-10 08:00:00 UTC (1 volume)`);
});

test("one missing segment is named once", () => {
  const gaps = CATALOGUE.gaps.map((gap) => ({ ...gap, last_missing: gap.first_missing, segments: 1 }));
  expect(listing({ ...CATALOGUE, gaps }, { kept: [] })).toContain(
    "timeline 1: WAL segment 000000010000000000000007 is missing\n",
  );
});

test("a repository without a backup, and nothing kept", () => {
  expect(listing({ ...CATALOGUE, intervals: [], gaps: [] }, { kept: [] })).toBe(
    "Nothing can be restored: there is no backup yet.\n\nNo old data is kept.",
  );
});

test("status says after a week that old data may be discarded", () => {
  const said = (now: string) => keptLines([TRIED], Date.parse(now))[0];
  expect(said("2026-01-18T07:59:59Z")).toBe(
    "Old data 20260111-080000: the database restored to 2026-01-09 12:00:00 UTC, kept since 2026-01-11 08:00:00 " +
      "UTC (1 volume): " +
      "`npm run restore -- --undo 20260111-080000` goes back to it, `npm run restore -- --discard " +
      "20260111-080000` deletes it.",
  );
  expect(said("2026-01-18T08:00:00Z")).toMatch(/deletes it; after 7 days it may be discarded\.$/);
});

test.each<[string, Kept[], string | undefined, string]>([
  ["the only one", [TRIED], undefined, TRIED.id],
  ["after several tries, the data of before them", [LIVE, TRIED], undefined, LIVE.id],
  ["the newest, where all were restored once", [TRIED, TRIED_AGAIN], undefined, TRIED_AGAIN.id],
  ["the one that is named", [LIVE, TRIED], TRIED.id, TRIED.id],
])("an undo goes back to %s", (_what, kept, name, id) => expect(chosenSet({ kept }, name).id).toBe(id));

test.each([
  ["2026-01-31 12:00:00+00", "2026-01-31 12:00:00 UTC"],
  ["2026-01-31 12:00:00.000000+00", "2026-01-31 12:00:00 UTC"],
  ["2026-01-31 12:00:00.250000+00", "2026-01-31 12:00:00.25 UTC"],
  ["2026-01-31 12:00:10+00", "2026-01-31 12:00:10 UTC"],
])("%s is told as %s", (time, told) => expect(utc(time)).toBe(told));

import { describe, expect, test } from "vitest";
import { firstBackup, restorableMoment } from "./moment";

const first = Date.parse("2026-01-31T02:20:00Z");
const now = Date.parse("2026-01-31T12:00:00Z");
const moment = (wish: string) => restorableMoment(wish, first / 1000, now);

describe("a moment between the first backup and now is restored to", () => {
  test.each([
    ["2026-01-31T11:59:59Z", "2026-01-31 11:59:59+00"],
    ["2026-01-31 11:59:59+00", "2026-01-31 11:59:59+00"],
    ["2026-01-31T13:30:00+02:00", "2026-01-31 11:30:00+00"],
    ["2026-01-31T13:30:00+0200", "2026-01-31 11:30:00+00"],
    ["2026-01-31T11:59:59.123456Z", "2026-01-31 11:59:59.123456+00"],
    ["2026-01-31T02:20:00Z", "2026-01-31 02:20:00+00"],
  ])("%s", (wish, target) => expect(moment(wish)).toBe(target));
});

describe("anything else is refused with what to type instead", () => {
  test.each([
    ["yesterday", '"yesterday" is no moment'],
    ["2026-01-31", '"2026-01-31" is no moment'],
    ["2026-01-31T11:00:00", "time zone"],
    ["2026-13-31T11:00:00Z", "is no moment"],
    ["2026-01-31T12:00:01Z", "is in the future: the newest moment that can be restored is now, 2026-01-31T12:00:00.000Z"],
    ["2026-01-31T02:19:59Z", "the oldest moment that can be restored is 2026-01-31T02:20:00.000Z"],
  ])("%s", (wish, message) => expect(() => moment(wish)).toThrow(message));

  test("nothing to restore from", () => {
    expect(() => firstBackup({ ends: [] }, "kubectl -n shop")).toThrow("There is no backup to restore from yet: `kubectl -n shop create job --from=cronjob/postgres-backup first-backup` makes one");
    expect(firstBackup({ ends: [1, 2] }, "")).toBe(1);
  });
});

import { expect, test } from "vitest";
import type { ScheduledJobArgs } from "./args";
import { scheduledJobSettings } from "./completed";
import { LONGEST_NAME } from "./settings";

const settings = (args: Partial<ScheduledJobArgs>, name = "report") =>
  scheduledJobSettings(name, { namespace: "site", image: "registry.example/site:1", schedule: "15 3 * * *", ...args });

test.each<[Partial<ScheduledJobArgs>, string]>([
  [{ schedule: "@daily" }, 'ScheduledJob report: schedule is "@daily", but it has 1 fields'],
  [{ schedule: "0 15 3 * * *" }, 'schedule is "0 15 3 * * *", but it has 6 fields'],
  [{ schedule: "15 24 * * *" }, "but its hour can't be 24"],
  [{ deadlineSeconds: 0 }, "deadlineSeconds is 0; it must be a whole number of at least 1."],
  [{ retries: -1 }, "retries is -1; it must be a whole number of at least 0."],
])("%j is refused by its key", (args, sentence) => {
  expect(() => settings(args)).toThrow(sentence);
});

test("a name is as long as a CronJob's may be, and no longer", () => {
  expect(settings({}, "a".repeat(LONGEST_NAME)).retries).toBe(1);
  expect(() => settings({}, "a".repeat(LONGEST_NAME + 1))).toThrow(`the name has ${LONGEST_NAME + 1} characters`);
});

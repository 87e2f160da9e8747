import { expect, test } from "vitest";
import { awaitedBackup } from "./first-backup";

const at = (time: string): number => Date.parse(time) / 1000;
const job = (name: string, creationTimestamp: string, status: object = {}) => ({
  // As `kubectl` prints it: a moment is text.
  metadata: { name, creationTimestamp: creationTimestamp as unknown as Date },
  status,
});
const night = job("postgres-backup-29300000", "2026-02-01T02:17:00Z", { failed: 1 });
const older = job("postgres-backup-after-20260131-070000", "2026-01-31T07:00:10Z", { failed: 1 });
const after = (status?: object) => job("postgres-backup-after-20260201-080001", "2026-02-01T08:00:10Z", status);

test.each<[string, object[], number | undefined, RegExp | undefined]>([
  ["never restored", [night], undefined, undefined],
  ["it runs", [night, after({ active: 1 })], undefined, /begun at 2026-02-01 08:00:10 UTC, is not whole yet: .*--list/],
  ["it is whole", [after({ succeeded: 1 }), older], undefined, undefined],
  [
    "it failed",
    [after({ failed: 1 })],
    at("2026-02-01T02:18:00Z"),
    /failed: `kubectl logs job\/postgres-backup-after-/,
  ],
  ["it failed, and another is whole since", [after({ failed: 1 })], at("2026-02-01T08:09:00Z"), undefined],
  ["a second restore's runs", [older, after({ active: 1 })], at("2026-02-01T02:18:00Z"), /08:00:10 UTC, is not whole/],
])("%s", (_what, jobs, whole, words) => {
  const line = awaitedBackup(jobs, whole);
  if (words) expect(line).toMatch(words);
  else expect(line).toBeUndefined();
});

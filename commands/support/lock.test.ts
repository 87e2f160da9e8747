import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";

let state: string;
/** The module under test, on a state folder of its own. */
async function lockStack(): Promise<boolean> {
  return (await import("./lock")).lockStack("up");
}
const heldBy = (pid: number): void => {
  mkdirSync(join(state, "holder.lock"));
  writeFileSync(join(state, "holder"), `${pid} down`);
};

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "holdfast-state-"));
  vi.stubEnv("HOLDFAST_STATE", state);
  vi.resetModules();
});

test("a second command is told which one runs, and what to do", async () => {
  heldBy(process.ppid);
  await expect(lockStack()).rejects.toThrow(`\`npm run down\` is running on this checkout (process ${process.ppid}); wait for it to end`);
});

test("the lock of a command that was killed is taken over, and that is told", async () => {
  heldBy(2 ** 22 + 1);
  expect(await lockStack()).toBe(true);
  expect(readFileSync(join(state, "holder"), "utf8")).toBe(`${process.pid} up`);
});

test("without a lock there is nothing to take over", async () => {
  expect(await lockStack()).toBe(false);
});

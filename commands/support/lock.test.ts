import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { beforeEach, expect, test, vi } from "vitest";
import { repository } from "../../local/paths";

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
  await expect(lockStack()).rejects.toThrow(`\`npm run down\` is running on this machine (process ${process.ppid}); wait for it to end`);
});

test("the lock of a command that was killed is taken over, and that is told", async () => {
  heldBy(2 ** 22 + 1);
  expect(await lockStack()).toBe(true);
  expect(readFileSync(join(state, "holder"), "utf8")).toBe(`${process.pid} up`);
});

test.each([["ends", "", false], ["fails", "process.exit(1)", false], ["is ended by a signal", "process.exit(130)", true]])("after a command that %s, child processes or not", async (_how, end, interrupted) => {
  const script = `import { lockStack } from "./support/lock.ts"; import { execa } from "execa"; await lockStack("up"); await execa("true"); ${end}`;
  await execa("node", ["--import", "tsx", "--input-type=module", "-e", script], { cwd: join(repository, "commands"), env: { HOLDFAST_STATE: state }, reject: false });
  expect(existsSync(join(state, "holder"))).toBe(interrupted);
  expect(await lockStack()).toBe(interrupted);
});

test.each([["clears it", "", false], ["does not clear it", ", false", true]])("what a killed command has left is seen again after one that %s", async (_what, argument, again) => {
  heldBy(2 ** 22 + 1);
  const script = `import { lockStack } from "./support/lock.ts"; await lockStack("restore"${argument});`;
  await execa("node", ["--import", "tsx", "--input-type=module", "-e", script], { cwd: join(repository, "commands"), env: { HOLDFAST_STATE: state } });
  expect(await lockStack()).toBe(again);
});

test("without a lock there is nothing to take over", async () => {
  expect(await lockStack()).toBe(false);
});

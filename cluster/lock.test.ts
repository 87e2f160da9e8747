import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Refusal } from "../config/refusal";
import { repository } from "../local/paths";
import { takeLock } from "./lock";

/** No process has such a number. */
const DEAD = 2 ** 22 + 1;

const UP = "`npm run up`";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const holder = (): string => join(folder, "holder");
const heldBy = (pid: number | string, more = ""): void => writeFileSync(holder(), `${pid} \`npm run down\`${more}`);
/** Whether a command was killed before this one; takes the lock and gives it back. */
function killedBefore(clears = true): boolean {
  const { takenOver, release } = takeLock(folder, UP, clears);
  release();
  return takenOver;
}

test("a second command is told which one runs, and what to do", () => {
  heldBy(process.ppid);
  const told = `\`npm run down\` is running on this machine (process ${process.ppid}); wait for it to end, or end it`;
  expect(() => takeLock(folder, UP)).toThrow(Refusal);
  expect(() => takeLock(folder, UP)).toThrow(told);
  expect(() => takeLock(folder, UP)).toThrow(`another program by now, delete ${holder()} first.`);
});

test("a process of somebody else's is alive", () => {
  const kill = vi.spyOn(process, "kill").mockImplementation(() => {
    throw Object.assign(new Error("not permitted"), { code: "EPERM" });
  });
  heldBy(DEAD);
  expect(() => takeLock(folder, UP)).toThrow(/is running/);
  kill.mockRestore();
});

test("one process takes it once, and it is free again afterwards", () => {
  const { release } = takeLock(folder, UP);
  expect(() => takeLock(folder, UP)).toThrow(/is running/);
  release();
  release();
  expect(readdirSync(folder)).toEqual([]);
  expect(killedBefore()).toBe(false);
});

test("of two that see the same dead holder one takes its lock over, and the other leaves that alone", () => {
  heldBy(DEAD);
  const kill = vi.spyOn(process, "kill").mockImplementation(() => {
    heldBy(process.ppid);
    throw Object.assign(new Error("no such process"), { code: "ESRCH" });
  });
  expect(() => takeLock(folder, UP)).toThrow(/has just begun/);
  kill.mockRestore();
  expect(readFileSync(holder(), "utf8")).toContain(String(process.ppid));
  expect(readdirSync(folder)).toEqual(["holder"]);
});

test("a number that another process has been given since holds nothing", () => {
  heldBy(process.ppid);
  utimesSync(holder(), 1, 1);
  expect(killedBefore()).toBe(true);
});

test("a file without a number is what a power cut leaves", () => {
  heldBy("");
  expect(killedBefore()).toBe(true);
});

test.each([
  ["clears it", true, false],
  ["does not clear it", false, true],
])("what a killed command has left is seen again after one that %s", (_what, clears, again) => {
  heldBy(DEAD);
  expect(killedBefore(clears)).toBe(true);
  expect(killedBefore()).toBe(again);
});

test("a command with the number of a dead one takes its lock over: containers count from 1", () => {
  heldBy(process.pid);
  expect(killedBefore()).toBe(true);
});

test("what a holder runs works under its lock, and is told what was left", () => {
  heldBy(process.ppid, "\nleft");
  process.env["HOLDFAST_LOCK_OF"] = String(process.ppid);
  try {
    expect(killedBefore()).toBe(true);
    expect(readFileSync(holder(), "utf8")).toContain(String(process.ppid));
    process.env["HOLDFAST_LOCK_OF"] = String(DEAD);
    expect(() => killedBefore()).toThrow(Refusal);
  } finally {
    delete process.env["HOLDFAST_LOCK_OF"];
  }
});

test.each([
  ["ends", false, ""],
  ["fails", false, "process.exit(1)"],
  ["is ended by a signal", true, "process.exit(130)"],
])("after a command that %s, though it had children, the sign of it is left: %s", async (_how, left, end) => {
  const imports = `import { lockStack } from "./commands/support/lock.ts"; import { execa } from "execa";`;
  const script = `${imports} lockStack("up"); await execa("true"); ${end}`;
  const env = { HOLDFAST_STATE: folder };
  const node = ["--import", "tsx", "--input-type=module", "-e", script];
  await execa("node", node, { cwd: repository, env, reject: false });
  expect(existsSync(holder())).toBe(left);
  expect(killedBefore()).toBe(left);
});

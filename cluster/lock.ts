import { execFileSync } from "node:child_process";
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../config/refusal";

/** Variable that tells child commands which process holds the lock they work under. */
const UNDER = "HOLDFAST_LOCK_OF";

/** Mark in the lock file: a command before this one was killed, and what it left is not cleared yet. */
const LEFT = "left";

/** The process that has the lock, or had it when it was killed. */
interface Holder {
  pid: number;
  doing: string;
  left: boolean;
}

/** A lock that is held. */
export interface Held {
  /** Whether the last holder was killed, so that it may have left something to clear. */
  takenOver: boolean;
  /** Gives the lock back. Synchronous, so that it also works while the process ends. */
  release(): void;
}

/** Files of the locks that this process has. */
const mine = new Set<string>();

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists, and another user owns it.
    return codeOf(error) === "EPERM";
  }
}

/** Seconds by which the clock may have been changed between writing the file and starting a process. */
const CLOCK_SECONDS = 5;

/** Whether a process began after a moment (milliseconds since 1970): then the kernel has reused its number. */
function beganAfter(pid: number, moment: number): boolean {
  try {
    const age = execFileSync("ps", ["-o", "etime=", "-p", String(pid)], { encoding: "utf8" }).trim();
    const [seconds = 0, minutes = 0, hours = 0, days = 0] = age.split(/[:-]/).reverse().map(Number);
    return Date.now() - 1000 * (((days * 24 + hours) * 60 + minutes) * 60 + seconds) > moment + 1000 * CLOCK_SECONDS;
  } catch {
    return false;
  }
}

function holderIn(file: string): Holder | undefined {
  if (!existsSync(file)) return undefined;
  const [who = "", left] = readFileSync(file, "utf8").split("\n");
  const [, pid = "0", doing = ""] = /^(\d+) ?(.*)$/.exec(who) ?? [];
  return { pid: Number(pid), doing: doing || "a command", left: left === LEFT };
}

function refusal(file: string, { pid, doing }: Holder): Refusal {
  return new Refusal(
    `${doing} is running on this machine (process ${pid}); wait for it to end, or end it with Ctrl-C, ` +
      `then run this again. If process ${pid} is another program by now, delete ${file} first.`,
  );
}

const justBegun = (): Refusal =>
  new Refusal("Another command has just begun on this machine; wait for it to end, then run this again.");

/** Makes the lock file. Of two processes that begin at the same moment only one succeeds. */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    throw codeOf(error) === "EEXIST" ? justBegun() : error;
  }
}

/** Removes a dead holder's file, but not the file of another process that has just taken the lock over. */
function clear(file: string, dead: Holder): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    throw codeOf(error) === "ENOENT" ? justBegun() : error;
  }
  const isAnothers = holderIn(aside)?.pid !== dead.pid;
  if (isAnothers) linkSync(aside, file);
  rmSync(aside);
  if (isAnothers) throw justBegun();
}

/**
 * Takes the lock of this machine's stack, so that only one command or drill changes it at a time. The lock of a dead
 * process is taken over at once. A command that the holder itself runs works under the holder's lock.
 *
 * @param folder where the lock is
 * @param doing the command, as messages to other commands name it
 * @param clears whether this command clears what a killed one has left; otherwise it leaves the mark for the next one
 * @throws Refusal while another command has it
 */
export function takeLock(folder: string, doing: string, clears = true): Held {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "holder");
  const before = holderIn(file);
  const takenOver = before !== undefined;
  if (before && before.pid !== process.pid && isAlive(before.pid) && !beganAfter(before.pid, statSync(file).mtimeMs)) {
    if (process.env[UNDER] === String(before.pid)) return { takenOver: before.left, release: () => undefined };
    throw refusal(file, before);
  }
  if (before && mine.has(file)) throw refusal(file, before);
  if (before) clear(file, before);
  write(file, `${process.pid} ${doing}${takenOver && !clears ? `\n${LEFT}` : ""}`);
  process.env[UNDER] = String(process.pid);
  mine.add(file);
  return {
    takenOver,
    release: () => {
      if (!mine.delete(file)) return;
      delete process.env[UNDER];
      if (clears || !takenOver) rmSync(file, { force: true });
    },
  };
}

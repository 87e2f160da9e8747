import { execFileSync } from "node:child_process";
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../config/refusal";

/** Tells the commands that a holder runs that they work under its lock. */
const UNDER = "HOLDFAST_LOCK_OF";

/** What the holder writes beside its name where one before it was killed, and what that left is not cleared. */
const LEFT = "left";

/** Who has the lock, or had it when it was killed. */
interface Holder {
  pid: number;
  doing: string;
  left: boolean;
}

/** A lock that is held. */
export interface Held {
  /** Whether a command that had it was killed, and may have left something that has to be cleared. */
  takenOver: boolean;
  /** Gives it back, at once: also while the process ends. */
  release(): void;
}

/** Files of the locks that this process has. */
const mine = new Set<string>();

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is such a process, but it is somebody else's.
    return codeOf(error) === "EPERM";
  }
}

/** Seconds by which the clock may have been set between a file and a process. */
const CLOCK_SECONDS = 5;

/** Whether a process began after a moment, in milliseconds: then its number has been given anew. */
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

/** Makes the file, unless there is one: of two that begin at the same moment one does. */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    throw codeOf(error) === "EEXIST" ? justBegun() : error;
  }
}

/** Takes a dead holder's file away. Two may see the same dead one; the second must not take away what the first wrote. */
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
 * Takes the lock of whoever changes the stack of this machine, or breaks it on purpose: one at a time. That of a dead
 * process is taken over at once; a command that the holder itself runs works under the holder's.
 *
 * @param folder where the lock is
 * @param doing the command, as others are told of it
 * @param clears whether this command clears what a killed one has left; one that does not leaves the sign of it
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

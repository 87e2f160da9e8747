import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import { Refusal } from "../../config/refusal";
import { stateFolder } from "../../local/paths";
import { SIGNAL_EXIT } from "./cli";

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Keeps a second command from changing the stack of this machine at the same time, until this process ends. A lock whose
 * holder was killed or ended by a signal is taken over.
 *
 * @param clears whether this command clears what a dead one has left of the engine's lock; one that does not leaves the sign of it
 * @returns true where a dead command's lock was found, so that what it left has to be cleared
 */
export async function lockStack(what: string, clears = true): Promise<boolean> {
  mkdirSync(stateFolder, { recursive: true });
  const holder = join(stateFolder, "holder");
  const lockFolder = `${holder}.lock`;
  const takenOver = existsSync(holder);
  if (takenOver) {
    const [pid = "0", doing = "a command"] = readFileSync(holder, "utf8").split(" ");
    if (alive(Number(pid)) && Number(pid) !== process.pid) {
      throw new Refusal(`\`npm run ${doing}\` is running on this machine (process ${pid}); wait for it to end, or end it, then run this again.`);
    }
    rmSync(lockFolder, { recursive: true, force: true });
  }
  writeFileSync(holder, `${process.pid} ${what}`);
  await lock(holder, { stale: 10_000 });
  // What ends by itself leaves nothing to clear. (The library's own release at exit was seen not to run after child processes.)
  process.once("exit", (code) => {
    if (code === SIGNAL_EXIT) return;
    rmSync(lockFolder, { recursive: true, force: true });
    if (clears || !takenOver) rmSync(holder, { force: true });
  });
  return takenOver;
}

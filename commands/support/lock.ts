import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import { Impossible } from "../../local/docker/engine";
import { stateFolder } from "../../local/paths";

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Keeps a second command from changing the stack of this checkout at the same time. A lock whose holder was killed is taken over.
 *
 * @returns true where a dead command's lock was found, so that what it left has to be cleared
 */
export async function lockStack(what: string): Promise<boolean> {
  mkdirSync(stateFolder, { recursive: true });
  const holder = join(stateFolder, "holder");
  const lockFolder = `${holder}.lock`;
  let takenOver = false;
  if (existsSync(lockFolder)) {
    const [pid = "0", doing = "a command"] = existsSync(holder) ? readFileSync(holder, "utf8").split(" ") : [];
    if (alive(Number(pid)) && Number(pid) !== process.pid) {
      throw new Impossible(`\`npm run ${doing}\` is running on this checkout (process ${pid}); wait for it to end, or end it, then run this again.`);
    }
    rmSync(lockFolder, { recursive: true, force: true });
    takenOver = true;
  }
  writeFileSync(holder, `${process.pid} ${what}`);
  await lock(holder, { stale: 10_000 });
  return takenOver;
}

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lock as acquire } from "proper-lockfile";
import { Refusal } from "../../config/refusal";

/** A lock whose holder has shown no sign of life for so long is free; long, because a busy machine may hold the runner up. */
const STALE_MS = 30_000;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: there is such a process, but it is somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function holderOf(path: string): number | undefined {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * Takes the lock that lets one drill run at a time. One that a dead process has left behind is taken over at once.
 *
 * @param folder where drills keep their state
 * @returns gives the lock back
 * @throws Refusal while another drill runs
 */
export async function takeLock(folder: string): Promise<() => Promise<void>> {
  mkdirSync(folder, { recursive: true });
  const holderPath = join(folder, "holder");
  const options = {
    lockfilePath: join(folder, "lock"), realpath: false, stale: STALE_MS, update: STALE_MS / 10,
    // By default a lock that was lost ends the process at once, with the cluster broken. A drill goes on and heals.
    onCompromised: () => undefined,
  };
  const take = (): Promise<() => Promise<void>> => acquire(folder, options);
  const release = await take().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ELOCKED") throw error;
    const holder = holderOf(holderPath);
    if (holder === undefined || isAlive(holder)) {
      throw new Refusal(`Another drill is running${holder === undefined ? "" : ` (process ${holder})`}; wait for its end, or end it with Ctrl-C so that it heals.`);
    }
    rmSync(options.lockfilePath, { recursive: true });
    return take();
  });
  writeFileSync(holderPath, String(process.pid));
  return release;
}

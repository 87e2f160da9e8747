import { setTimeout as sleep } from "node:timers/promises";

/** Waits, unless the drill is interrupted. @throws the reason of the interruption */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(seconds * 1000, undefined, { signal });
  } catch {
    throw signal.reason as Error;
  }
}

/**
 * Asks again and again until the answer is yes.
 *
 * @param options `every` and `atMost` in seconds
 * @returns whether it was yes in time
 */
export async function until(
  ask: () => Promise<boolean> | boolean,
  options: { every: number; atMost: number },
  signal: AbortSignal,
): Promise<boolean> {
  const end = Date.now() + options.atMost * 1000;
  for (;;) {
    if (await ask()) return true;
    if (Date.now() >= end) return false;
    await pause(options.every, signal);
  }
}

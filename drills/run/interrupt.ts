/** Ends of the runner that it can still do something about. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Exit code of a drill that was interrupted, as shells have it for Ctrl-C. */
export const INTERRUPTED = 130;

/** The drill was interrupted; what is broken is healed on the way out. */
export class Interrupted extends Error {}

/**
 * Turns Ctrl-C and the like into an abort, so that whatever is being waited for ends and the way out leads through
 * healing. Further signals change nothing: an impatient second Ctrl-C must not leave the cluster broken.
 *
 * @param say told once, when it happens
 * @returns the signal to wait with, and what takes the handlers away again
 */
export function onInterrupt(say: (line: string) => void): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  const handler = (): void => {
    if (controller.signal.aborted) return say("still healing; please wait");
    say("interrupted: what is broken is healed first");
    controller.abort(new Interrupted("interrupted"));
  };
  for (const signal of SIGNALS) process.on(signal, handler);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const signal of SIGNALS) process.off(signal, handler);
    },
  };
}

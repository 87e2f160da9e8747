import type { Drill } from "./drill";

/**
 * A drill around any command of the user's: a change applied by `npm run up` (a rotated password, a new image, another
 * setting), a maintenance script. A planned change promises that nobody notices, so no request may fail.
 *
 * @param command for the shell; it undoes nothing, so there is nothing to heal
 */
export function during(command: string): Drill {
  return {
    name: "during",
    title: `While this runs: ${command}`,
    needsNodeContainers: false,
    plan: () => ({ target: command, pods: [], nodes: [], fault: [{ program: "sh", args: ["-c", command] }], heal: [] }),
    hold: { atLeast: 10, atMost: 120 },
    expect: { failedWrites: 0, failedReads: 0, wholeAgainSeconds: 180 },
  };
}

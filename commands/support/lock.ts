import { takeLock } from "../../cluster/lock";
import { stateFolder } from "../../local/paths";
import { SIGNAL_EXIT } from "./cli";

/**
 * Keeps a second command, or a drill, from changing the stack of this machine meanwhile, until this process ends.
 * One that a signal ends may leave things half done, so it leaves the sign of it.
 *
 * @param name of the command, after `npm run`
 * @param clears whether this command clears what a dead one has left of the engine's lock
 * @returns true where a dead command's lock was found, so that what it left has to be cleared
 */
export function lockStack(name: string, clears = true): boolean {
  const { takenOver, release } = takeLock(stateFolder, `\`npm run ${name}\``, clears);
  process.once("exit", (code) => {
    if (code !== SIGNAL_EXIT) release();
  });
  return takenOver;
}

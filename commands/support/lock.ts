import { takeLock } from "../../cluster/lock";
import { stateFolder } from "../../local/paths";
import { SIGNAL_EXIT } from "./cli";

/**
 * Locks the stack of this machine until this process ends, so that no other command and no drill changes it. A command
 * that a signal ends leaves the lock behind, as a sign that it may have left things half done.
 *
 * @param name of the command, after `npm run`
 * @param clears whether this command removes the engine's lock that a killed command has left
 * @returns true where a killed command's lock was found
 */
export function lockStack(name: string, clears = true): boolean {
  const { takenOver, release } = takeLock(stateFolder, `\`npm run ${name}\``, clears);
  process.once("exit", (code) => {
    if (code !== SIGNAL_EXIT) release();
  });
  return takenOver;
}

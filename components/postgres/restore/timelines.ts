import { UNSEEN_TIMELINES } from "../settings";
import { catalogue } from "./catalogue";
import type { Objects } from "./objects";

/**
 * The highest timeline in the repository. An old database that comes back counts on from its own timeline, and the
 * archive refuses a second history with the same number. So the old database has to pass over the used ones.
 *
 * @returns undefined where the repository does not answer
 */
export async function highestTimeline(objects: Objects): Promise<number | undefined> {
  try {
    return Math.max(0, ...(await catalogue(objects)).timelines.map(({ id }) => id));
  } catch {
    return undefined;
  }
}

/**
 * The highest timeline that an old database passes over. Pure.
 *
 * @param before the highest timeline while members ran; 0 where that was not known
 * @param after the highest timeline after all members had ended; undefined where that is not known
 */
export function passedOver(before: number, after: number | undefined): number {
  if (after !== undefined) return Math.max(before, after);
  return before === 0 ? 0 : before + UNSEEN_TIMELINES;
}

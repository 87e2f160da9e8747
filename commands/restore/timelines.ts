import { UNSEEN_TIMELINES } from "../../components/postgres/settings";
import { catalogue } from "./catalogue";
import type { Objects } from "./objects";

/**
 * The highest timeline in the repository. A database that comes back from before a restore would count on from its own,
 * and the archive refuses a second history of one number.
 *
 * @returns undefined where nobody can be asked
 */
export async function highestTimeline(objects: Objects): Promise<number | undefined> {
  try {
    return Math.max(0, ...(await catalogue(objects)).timelines.map(({ id }) => id));
  } catch {
    return undefined;
  }
}

/**
 * Which timelines an old database passes over, up to this one. Pure.
 *
 * @param before the highest one while members ran; 0 where that was not known
 * @param after the highest one when all of them had ended
 */
export function passedOver(before: number, after: number | undefined): number {
  if (after !== undefined) return Math.max(before, after);
  return before === 0 ? 0 : before + UNSEEN_TIMELINES;
}

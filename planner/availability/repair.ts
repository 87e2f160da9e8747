import { requireNumber } from "../errors";
import { binomial, kOfN } from "./binomial";

/** How often one thing fails and how long it is then away. Hours. */
export interface Repair {
  /** Mean time to failure, from being up again to the next failure. */
  mttfHours: number;
  /** Mean time to repair. */
  mttrHours: number;
}

/** How a group of replicas fails and comes back as a whole. */
export interface GroupRepair extends Repair {
  availability: number;
  outagesPerYear: number;
}

const HOURS_PER_YEAR = 8766;

/** Availability of one thing: MTTF ÷ (MTTF + MTTR). */
export function availabilityOf({ mttfHours, mttrHours }: Repair): number {
  requireNumber("mttfHours", mttfHours, { above: 0, unit: " h" });
  requireNumber("mttrHours", mttrHours, { atLeast: 0, unit: " h" });
  return mttfHours / (mttfHours + mttrHours);
}

/**
 * MTTF and MTTR of a group that works while `needed` of `replicas` do, each failing and being repaired independently.
 *
 * The group goes down when exactly `needed` are up and one of them fails, so its outages come at
 * P(exactly needed up) · needed / MTTF; its mean up and down times follow by dividing A and 1 − A by that frequency.
 * Source: Rausand and Høyland, *System Reliability Theory*, 2nd ed. (2004), §9.
 */
export function groupRepair(needed: number, replicas: number, one: Repair): GroupRepair {
  requireNumber("needed", needed, { atLeast: 1, atMost: replicas, whole: true });
  const up = availabilityOf(one);
  const availability = kOfN(needed, replicas, up);
  const perHour = (binomial(replicas, needed, up) * needed) / one.mttfHours;
  return {
    availability,
    outagesPerYear: perHour * HOURS_PER_YEAR,
    mttfHours: availability / perHour,
    mttrHours: (1 - availability) / perHour,
  };
}

import { requireNumber } from "../errors";

/** How often one thing fails, and how long it is down then, in hours. */
export interface Repair {
  /** Mean time to failure, from being up again to the next failure. */
  mttfHours: number;
  /** Mean time to repair. */
  mttrHours: number;
}

/** Availability of one thing: MTTF ÷ (MTTF + MTTR). */
export function availabilityOf({ mttfHours, mttrHours }: Repair): number {
  requireNumber("mttfHours", mttfHours, { above: 0, unit: " h" });
  requireNumber("mttrHours", mttrHours, { atLeast: 0, unit: " h" });
  return mttfHours / (mttfHours + mttrHours);
}

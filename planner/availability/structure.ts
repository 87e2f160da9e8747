import { kOfN } from "./binomial";

/** Minutes in a mean year of 365.25 days. */
export const MINUTES_PER_YEAR = 525_960;

/** All parts must work: the product of their availabilities. */
export function series(...availabilities: number[]): number {
  return availabilities.reduce((product, a) => product * a, 1);
}

/** Any one part is enough: 1 − Π(1 − aᵢ). */
export function parallel(...availabilities: number[]): number {
  return 1 - availabilities.reduce((product, a) => product * (1 - a), 1);
}

/**
 * k-of-n with a common cause (the β-factor model): a share β of each replica's downtime hits all replicas at once.
 * A = (1 − β·u)·k-of-n(1 − (1 − β)·u), u = 1 − up. Source: IEC 61508-6:2010, annex D.
 *
 * @param beta 0: failures are independent; 1: the replicas always fail together and add nothing
 */
export function kOfNWithCommonCause(needed: number, replicas: number, up: number, beta: number): number {
  const down = 1 - up;
  return (1 - beta * down) * kOfN(needed, replicas, 1 - (1 - beta) * down);
}

/** Minutes a year that something with this availability is down. */
export function downtimeMinutes(availability: number): number {
  return (1 - availability) * MINUTES_PER_YEAR;
}

/** Number of nines: 0.999 → 3; infinity for 1. */
export function nines(availability: number): number {
  return -Math.log10(1 - availability);
}

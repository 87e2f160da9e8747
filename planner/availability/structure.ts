/** Minutes in a mean year of 365.25 days. */
export const MINUTES_PER_YEAR = 525_960;

/** All parts must work: the product of their availabilities. */
export function series(...availabilities: number[]): number {
  return availabilities.reduce((product, a) => product * a, 1);
}

/** Minutes a year that something with this availability is down. */
export function downtimeMinutes(availability: number): number {
  return (1 - availability) * MINUTES_PER_YEAR;
}

/** Minutes in a mean year of 365.25 days. */
export const MINUTES_PER_YEAR = 525_960;

/** All parts must work: the product of their availabilities. */
export const series = (...availabilities: number[]): number => availabilities.reduce((product, a) => product * a, 1);

/** Minutes a year that something with this availability is down. */
export const downtimeMinutes = (availability: number): number => (1 - availability) * MINUTES_PER_YEAR;

import { erlangC } from "./erlang";
import type { Duration, Wait } from "./response";

/**
 * The wait in one queue shared by `servers`: M/M/c exactly when both variabilities are 1, else Allen–Cunneen's
 * approximation, mean wait = C(c, a) · S / (c − a) · (ca² + cs²) / 2.
 *
 * The wait of those who wait is taken as exponential, which is exact for M/M/c.
 * Source: Allen, *Probability, Statistics, and Queueing Theory*, 2nd ed. (1990), §5.3; with c = 1 and ca² = 1 the mean
 * is Pollaczek–Khinchine's.
 *
 * @param arrivalRate λ per second
 * @param service time at one server
 * @param arrivalVariability ca² of the gaps between arrivals, 1 for Poisson
 */
export function sharedWait(servers: number, arrivalRate: number, service: Duration, arrivalVariability = 1): Wait {
  const load = arrivalRate * service.mean;
  const probability = erlangC(servers, load);
  const mean = ((probability * service.mean) / (servers - load)) * ((arrivalVariability + service.variability) / 2);
  return { probability, mean };
}

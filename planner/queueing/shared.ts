import { erlangC } from "./erlang";
import type { Duration, Wait } from "./response";

/**
 * The wait in one queue shared by `servers`, for Poisson arrivals. Exact (M/M/c) when the service variability cs² is 1,
 * else Allen–Cunneen's approximation: mean wait = C(c, a) · S / (c − a) · (1 + cs²) / 2.
 *
 * The wait of the requests that have to wait is taken as exponential, which is exact for M/M/c. Source: Allen,
 * *Probability, Statistics, and Queueing Theory*, 2nd ed. (1990), §5.3; with c = 1 the mean is Pollaczek–Khinchine's.
 *
 * @param arrivalRate λ per second
 * @param service time at one server
 */
export function sharedWait(servers: number, arrivalRate: number, service: Duration): Wait {
  const load = arrivalRate * service.mean;
  const probability = erlangC(servers, load);
  const mean = ((probability * service.mean) / (servers - load)) * ((1 + service.variability) / 2);
  return { probability, mean };
}

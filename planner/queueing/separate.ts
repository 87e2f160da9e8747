import { requireStable } from "./erlang";
import { sharedWait } from "./shared";
import type { Duration, Wait } from "./response";

/**
 * The wait when every pod has a queue of its own and requests are spread without regard to it: source hash over many
 * clients. Independent splitting of a Poisson stream leaves Poisson streams, so each pod is M/G/1 with λ/c (exact, up
 * to the tail's shape).
 */
export function randomWait(servers: number, arrivalRate: number, service: Duration): Wait {
  requireStable(servers, arrivalRate * service.mean);
  return sharedWait(1, arrivalRate / servers, service);
}

/** How fast the streams of several round-robin balancers, mixed at a pod, turn into Poisson. */
const MIXING = 0.7;

/**
 * The wait when every pod has a queue of its own and requests are dealt out in turn.
 *
 * With one balancer a pod gets every c-th arrival of a Poisson stream: gaps of Erlang's distribution of order c,
 * GI/M/1, exact for exponential service. With several balancers their streams mix at each pod and look more like
 * Poisson again; the variability of the mix has the form of Whitt (*The Queueing Network Analyzer*, Bell System
 * Technical Journal 62 (1983), eq. 24 and 29), with his factor 4, made for any stream, refitted to 0.7 for these
 * regular ones (`bench/planner-queues.ts`). For other service times the mean is scaled as Allen–Cunneen would: (ca² +
 * cs²) / (ca² + 1).
 */
export function roundRobinWait(servers: number, arrivalRate: number, service: Duration, balancers: number): Wait {
  requireStable(servers, arrivalRate * service.mean);
  const rate = arrivalRate / servers;
  const utilization = rate * service.mean;
  const weight = 1 / (1 + MIXING * (1 - utilization) ** 2 * (balancers - 1));
  const arrivalVariability = weight / servers + (1 - weight);
  const probability = gammaRoot(rate * service.mean, arrivalVariability);
  const exponential = (probability * service.mean) / (1 - probability);
  return { probability, mean: exponential * ((arrivalVariability + service.variability) / (arrivalVariability + 1)) };
}

/**
 * The root σ in (0, 1) of σ = A*(μ(1 − σ)) for gamma-distributed gaps of variability ca²: the share of arrivals that
 * wait in GI/M/1. Source: Kleinrock, *Queueing Systems* I (1975), §6.4. Found by repeated substitution, which rises to
 * the smaller root from 0; Poisson gaps (ca² = 1) give σ = ρ.
 */
function gammaRoot(utilization: number, arrivalVariability: number): number {
  const order = 1 / arrivalVariability;
  let sigma = 0;
  for (let step = 0; step < 10_000; step++) {
    const next = (1 + (1 - sigma) / (utilization * order)) ** -order;
    if (Math.abs(next - sigma) < 1e-12) return next;
    sigma = next;
  }
  return sigma;
}

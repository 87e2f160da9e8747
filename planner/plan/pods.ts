import { PlanError } from "../errors";
import { fewestServers } from "../queueing/erlang";
import { solveQueue, type Discipline, type QueueInput } from "../queueing/disciplines";
import { Response } from "../queueing/response";
import { stagesOf, type ResolvedLoad, type Slo, type Topology } from "./load";

/** More pods than any such cluster runs: a search stops here. */
const MOST_PODS = 20_000;

/** Everything that decides how web pods queue, except their number and the request rate. */
export interface Pool {
  load: ResolvedLoad;
  slo: Slo;
  discipline: Discipline;
  balancers: number;
  podCores: number;
}

/** The pool that a load, a promise and a topology describe. */
export function poolOf(load: ResolvedLoad, slo: Slo, topology: Topology): Pool {
  return {
    load,
    slo,
    discipline: topology.algorithm ?? "leastconn",
    balancers: topology.balancers ?? 2,
    podCores: topology.podCores ?? 1,
  };
}

/** The queue that `pods` pods form at `rate` requests per second. */
export function queueOf(pool: Pool, pods: number, rate: number): QueueInput {
  return {
    discipline: pool.discipline,
    balancers: pool.balancers,
    servers: pods,
    arrivalRate: rate,
    ...stagesOf(pool.load, pool.podCores),
  };
}

/** Whether `pods` pods keep the promise at `rate` requests per second. An unstable queue does not. */
export function keepsSlo(pool: Pool, pods: number, rate: number): boolean {
  // Least-connections takes a chain to solve, and is never worse than turns, which have a closed form.
  if (pool.discipline === "leastconn" && keepsSlo({ ...pool, discipline: "roundrobin" }, pods, rate)) return true;
  return keptAsSolved(pool, pods, rate);
}

/** Like `keepsSlo`, without the short cut by way of round-robin. */
function keptAsSolved(pool: Pool, pods: number, rate: number): boolean {
  const queue = queueOf(pool, pods, rate);
  if (rate * queue.service.mean >= pods) return false;
  return solveQueue(queue).response.exceeds(pool.slo.latencyMs / 1000) <= 1 - pool.slo.percentile / 100;
}

/**
 * Fewest pods that keep the promise at `rate` requests per second.
 *
 * @throws PlanError where even idle pods break the promise, so that no number of pods keeps it
 */
export function podsNeeded(pool: Pool, rate: number): number {
  const { service, delay } = stagesOf(pool.load, pool.podCores);
  const idle = Response.of({ probability: 0, mean: 0 }, service, delay).percentile(pool.slo.percentile / 100) * 1000;
  if (idle >= pool.slo.latencyMs) {
    throw new PlanError(
      `slo p${pool.slo.percentile}`,
      `${pool.slo.latencyMs} ms`,
      `with nothing to wait for, p${pool.slo.percentile} of the response is ${idle.toFixed(0)} ms on ` +
        `${pool.podCores} core${pool.podCores === 1 ? "" : "s"}, and more pods do not make one request faster`,
      `Promise more than ${Math.ceil(idle)} ms, give a pod more CPU (up to one core), or make the request faster ` +
        "or less variable",
    );
  }
  const none = (): PlanError =>
    new PlanError(
      "slo",
      `p${pool.slo.percentile} ≤ ${pool.slo.latencyMs} ms`,
      `not even ${MOST_PODS} pods keep it at ${rate}/s`,
      "Promise more milliseconds or plan for less load",
    );
  if (rate * service.mean >= MOST_PODS) throw none();
  // The shared queue needs fewest of all disciplines and random spreading most, and both have a closed form: search
  // between.
  const low =
    pool.discipline === "shared"
      ? fewestServers(rate * service.mean) - 1
      : podsNeeded({ ...pool, discipline: "shared" }, rate) - 1;
  return firstKept(low, (pods) => keepsSlo(pool, pods, rate), none);
}

/**
 * Smallest whole number above `low` for which `kept` holds. `kept` has to be false up to some number, and true from there
 * on.
 */
function firstKept(low: number, kept: (pods: number) => boolean, none: () => Error): number {
  let step = 1;
  let high = low + step;
  while (!kept(high)) {
    if (high > MOST_PODS) throw none();
    low = high;
    high += step *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (kept(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * Most requests per second at which `pods` pods keep the promise, found by halving to two parts in a thousand, never
 * above the truth; 0 for no pods.
 */
export function rateCarried(pool: Pool, pods: number): number {
  if (pods < 1) return 0;
  // Least-connections takes a chain to solve; it lies between two that have a closed form.
  const bounded = pool.discipline === "leastconn";
  let low = bounded ? rateCarried({ ...pool, discipline: "roundrobin" }, pods) : 0;
  let high = bounded
    ? rateCarried({ ...pool, discipline: "shared" }, pods) * 1.002
    : pods / stagesOf(pool.load, pool.podCores).service.mean;
  while ((high - low) / high > 2e-3) {
    const middle = (low + high) / 2;
    if (keptAsSolved(pool, pods, middle)) low = middle;
    else high = middle;
  }
  return low;
}

import { requireNumber } from "../errors";
import { Response, type Duration, type Wait } from "./response";
import { randomWait, roundRobinWait } from "./separate";
import { sharedWait } from "./shared";
import { shortestQueueWait } from "./shortest-queue";

/**
 * How requests meet servers.
 * `roundrobin`, `leastconn`, `source`: the balancer sends a request on at once, and it queues at its pod.
 * `shared`: the balancer holds the queue (HAProxy's `maxconn` per server) and sends a request on when a pod is free.
 */
export type Discipline = "shared" | "leastconn" | "roundrobin" | "source";

/** The queue that the model of each discipline assumes. */
export const DISCIPLINES: Record<Discipline, string> = {
  shared: "one queue for all pods, held in the balancer (per-server maxconn): M/M/c",
  leastconn: "a queue at each pod, an arrival joins the shortest: Markov chain",
  roundrobin: "a queue at each pod, arrivals dealt out in turn: GI/M/1",
  source: "a queue at each pod, arrivals spread by client address as if at random: M/G/1",
};

/** A queue in front of a number of equal servers. */
export interface QueueInput {
  discipline: Discipline;
  servers: number;
  /** λ, per second. */
  arrivalRate: number;
  service: Duration;
  /** Time a request spends elsewhere while it holds no server. @default none */
  delay?: Duration;
  /** Balancers in front, each of which knows its own requests only. @default 1 */
  balancers?: number;
}

/** A queue in its steady state. */
export interface QueueResult {
  wait: Wait;
  response: Response;
}

/**
 * Solves a queue by the model that its discipline calls for.
 *
 * @throws PlanError for nonsense, and for ρ ≥ 1 with the number of servers that would be enough
 */
export function solveQueue({
  discipline,
  servers,
  arrivalRate,
  service,
  delay,
  balancers = 1,
}: QueueInput): QueueResult {
  requireNumber("arrivalRate", arrivalRate, { above: 0, unit: "/s" });
  requireNumber("service.mean", service.mean, { above: 0, unit: " s" });
  requireNumber("service.variability", service.variability, { atLeast: 0 });
  requireNumber("balancers", balancers, { atLeast: 1, whole: true });
  const wait = {
    shared: () => sharedWait(servers, arrivalRate, service),
    leastconn: () => leastConnectionsWait(servers, arrivalRate, service, balancers),
    roundrobin: () => roundRobinWait(servers, arrivalRate, service, balancers),
    source: () => randomWait(servers, arrivalRate, service),
  }[discipline]();
  return { wait, response: Response.of(wait, service, delay) };
}

/**
 * Least-connections behind several balancers. Each balancer counts its own requests only, so the wait lies between that
 * of the shortest queue and that of round-robin, at a share (1 − ρ)·2(L − 1)/L of the way for L balancers. The share is
 * our fit to simulations of 2 to 100 pods at ρ 0.5 to 0.95 (`bench/planner-queues.ts`); with one balancer it is 0.
 */
function leastConnectionsWait(servers: number, arrivalRate: number, service: Duration, balancers: number): Wait {
  const shortest = shortestQueueWait(servers, arrivalRate, service);
  if (balancers === 1) return shortest;
  const blind = roundRobinWait(servers, arrivalRate, service, balancers);
  const share = Math.min(1, (1 - (arrivalRate * service.mean) / servers) * ((2 * (balancers - 1)) / balancers));
  const between = (from: number, to: number): number => from + share * (to - from);
  return { probability: between(shortest.probability, blind.probability), mean: between(shortest.mean, blind.mean) };
}

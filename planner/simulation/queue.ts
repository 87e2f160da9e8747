import { mean as average, quantileSorted } from "simple-statistics";
import type { Discipline } from "../queueing/disciplines";
import type { Duration } from "../queueing/response";
import { durations, randomFrom, type Random } from "./random";
import { throttled, unlimited, type Bandwidth, type Work } from "./throttled";

/** What is simulated. */
export interface Scenario {
  discipline: Discipline;
  servers: number;
  /** Arrivals per second, Poisson. */
  arrivalRate: number;
  service: Duration;
  /** Balancers that each see only what they sent themselves. */
  balancers: number;
  /** A CPU limit as Linux enforces it; absent: a server works at full speed all the time. */
  bandwidth?: Bandwidth;
  /** Customers measured, after a tenth as many that only warm the queues up. */
  customers: number;
  seed: number;
}

/** Measured in the simulation; times in seconds. */
export interface Measured {
  meanWait: number;
  p95Wait: number;
  meanResponse: number;
  p95Response: number;
  p99Response: number;
  /** Share of customers that waited. */
  waited: number;
}

/**
 * Sends customers through the queues one by one, in order of arrival, first come first served at each server. Each
 * customer's start of service follows from what is already known about its server, so no calendar of events is needed.
 */
export function simulateQueue(scenario: Scenario): Measured {
  const { arrivalRate, customers, seed, service } = scenario;
  const random = randomFrom(seed);
  const serve = durations(random, service);
  const work = scenario.bandwidth ? throttled(scenario.servers, scenario.bandwidth) : unlimited;
  const dispatch = DISPATCH[scenario.discipline](scenario, random, work);
  const warmUp = Math.ceil(customers / 10);
  const waits = new Float64Array(customers);
  const responses = new Float64Array(customers);
  let now = 0;
  for (let n = -warmUp; n < customers; n++) {
    now += random.exponential(1 / arrivalRate);
    const time = serve();
    const response = dispatch(now, time) - now;
    if (n < 0) continue;
    responses[n] = response;
    waits[n] = response - time;
  }
  const sorted = (values: Float64Array): number[] => Array.from(values.sort());
  const waited = waits.reduce((count, wait) => count + Number(wait > 1e-9), 0) / customers;
  const [byWait, byResponse] = [sorted(waits), sorted(responses)];
  return {
    meanWait: average(byWait),
    p95Wait: quantileSorted(byWait, 0.95),
    meanResponse: average(byResponse),
    p95Response: quantileSorted(byResponse, 0.95),
    p99Response: quantileSorted(byResponse, 0.99),
    waited,
  };
}

/** Takes an arrival time and a service time, picks a server, and returns when that service ends. */
type Dispatcher = (now: number, time: number) => number;

const DISPATCH: Record<Discipline, (scenario: Scenario, random: Random, work: Work) => Dispatcher> = {
  shared: ({ servers }, _random, work) => {
    const free = new Float64Array(servers);
    return (now, time) => {
      let first = 0;
      for (let s = 1; s < servers; s++) if (free[s]! < free[first]!) first = s;
      free[first] = work(first, Math.max(now, free[first]!), time);
      return free[first]!;
    };
  },
  source: ({ servers }, random, work) => ownQueues(servers, work, () => random.below(servers)),
  roundrobin: ({ servers, balancers }, random, work) => {
    const next = Array.from({ length: balancers }, () => random.below(servers));
    return ownQueues(servers, work, () => {
      const balancer = random.below(balancers);
      next[balancer] = (next[balancer]! + 1) % servers;
      return next[balancer]!;
    });
  },
  leastconn: leastConnections,
};

function ownQueues(servers: number, work: Work, pick: () => number): Dispatcher {
  const free = new Float64Array(servers);
  return (now, time) => {
    const server = pick();
    free[server] = work(server, Math.max(now, free[server]!), time);
    return free[server]!;
  };
}

/** Each balancer sends to the server on which it has the fewest requests open; ties are drawn. */
function leastConnections({ servers, balancers }: Scenario, random: Random, work: Work): Dispatcher {
  const free = new Float64Array(servers);
  // Ends of the requests a balancer has open on a server. They end in order: first come, first served.
  const open = Array.from({ length: balancers * servers }, () => [] as number[]);
  return (now, time) => {
    const own = random.below(balancers) * servers;
    let best = 0;
    let fewest = Infinity;
    let ties = 1;
    for (let s = 0; s < servers; s++) {
      const ends = open[own + s]!;
      while (ends.length > 0 && ends[0]! <= now) ends.shift();
      if (ends.length < fewest) [best, fewest, ties] = [s, ends.length, 1];
      else if (ends.length === fewest && random.below(++ties) === 0) best = s;
    }
    free[best] = work(best, Math.max(now, free[best]!), time);
    open[own + best]!.push(free[best]!);
    return free[best]!;
  };
}

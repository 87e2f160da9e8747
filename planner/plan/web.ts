import { requireNumber } from "../errors";
import { keptThroughOutage, replicasToKeep } from "../availability/tiers";
import { DISCIPLINES, solveQueue } from "../queueing/disciplines";
import { checkSlo, resolveLoad, stagesOf, type Load, type Slo, type Topology } from "./load";
import { keepsSlo, podsNeeded, poolOf, queueOf, rateCarried, type Pool } from "./pods";

/**
 * The autoscaler does nothing while use is within a tenth of its target (Kubernetes' default tolerance), so it acts late
 * by that much.
 */
const HPA_TOLERANCE = 0.1;

/** Highest target in percent of the request. Above it a pod would need CPU that its node has not reserved for it. */
const MOST_TARGET = 95;

/** How the web tier performs at one load with one number of pods. Times in milliseconds. */
export interface Expectation {
  rate: number;
  pods: number;
  /** Busy share of each pod; 1 or more: the queue grows for ever, and the times are infinite. */
  utilization: number;
  /** Share of requests that wait for a server. */
  waiting: number;
  meanMs: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  /** The percentile that is promised. */
  promisedMs: number;
  keepsSlo: boolean;
}

/** Size of the web tier. */
export interface WebSizes {
  /** Pods that the promise needs at the ordinary rate, and at the peak, if none is lost. */
  neededAtRate: number;
  neededAtPeak: number;
  /** HPA bounds: what is needed at the ordinary rate, and at the peak, with the fullest zone lost. */
  minReplicas: number;
  maxReplicas: number;
  /** HPA target, percent of the CPU request, 95 at most. */
  targetCpuUtilization: number;
  /** CPU request and limit of a pod, as Kubernetes quantities. */
  requests: { cpu: string };
  limits: { cpu: string };
  /** Busy share of a pod at which the smallest pool still keeps the promise. */
  allowedUtilization: number;
  /**
   * Factor by which the load may grow, before the autoscaler reacts, without breaking the promise: 1.5 is 50 % more.
   */
  headroom: number;
}

/** Size of the web tier, and how it performs. */
export interface WebPlan extends WebSizes {
  atRate: Expectation;
  atPeak: Expectation;
  atPeakZoneLost: Expectation;
  /** What the numbers assume, one sentence each. */
  assumptions: string[];
}

/**
 * Derives the web tier's size from a load and a promise.
 *
 * The promise has to hold at every load up to the peak, also right after the fullest zone is lost and before any pod is
 * rescheduled. So the pods left in the other zones have to be enough. The HPA's target is the allowed utilization, less
 * what a lost zone adds and less the HPA's tolerance. The CPU request is what a pod uses then, unless `requestCores` is
 * given; the limit is `podCores`.
 *
 * @throws PlanError, a sentence naming the input, for nonsense or a promise that cannot be kept
 */
export function sizeWeb(load: Load, slo: Slo, topology: Topology): WebSizes {
  const resolved = resolveLoad(load);
  checkSlo(slo, resolved);
  requireNumber("zones", topology.zones, { atLeast: 1, atMost: 10, whole: true });
  requireNumber("podCores", topology.podCores ?? 1, { above: 0 });
  requireNumber("requestCores", topology.requestCores ?? 1, { above: 0 });
  const pool = poolOf(resolved, slo, topology);
  const { zones } = topology;

  const neededAtRate = podsNeeded(pool, resolved.rate);
  const neededAtPeak = podsNeeded(pool, resolved.peakRate);
  // Two at least, and one for each zone: a single pod is no redundancy, whatever the load.
  const minReplicas = Math.max(2, zones, topology.atLeast?.min ?? 0, replicasToKeep(neededAtRate, zones));
  const maxReplicas = Math.max(minReplicas, topology.atLeast?.max ?? 0, replicasToKeep(neededAtPeak, zones));

  const serviceTime = stagesOf(resolved, pool.podCores).service.mean;
  const smallest = keptThroughOutage(minReplicas, zones);
  const perPod = rateCarried(pool, smallest) / smallest;
  const allowedUtilization = perPod * serviceTime;
  const target = (leastUseAllowed(pool, perPod, minReplicas, maxReplicas, zones) * serviceTime) / (1 + HPA_TOLERANCE);
  const cores = Math.min(1, pool.podCores);
  const request =
    topology.requestCores === undefined
      ? Math.max(50, Math.ceil((allowedUtilization * cores * 1000) / 50) * 50)
      : Math.round(topology.requestCores * 1000);

  return {
    neededAtRate,
    neededAtPeak,
    minReplicas,
    maxReplicas,
    targetCpuUtilization: Math.min(MOST_TARGET, Math.max(1, Math.floor((target * cores * 100_000) / request))),
    requests: { cpu: `${request}m` },
    limits: { cpu: `${Math.round(pool.podCores * 1000)}m` },
    allowedUtilization,
    headroom: allowedUtilization / target,
  };
}

/**
 * The web tier's size, as `sizeWeb` derives it, and how it performs at the ordinary rate, at the peak, and at the peak
 * with the fullest zone lost.
 *
 * @throws PlanError, as `sizeWeb` does
 */
export function planWeb(load: Load, slo: Slo, topology: Topology): WebPlan {
  const sizes = sizeWeb(load, slo, topology);
  const pool = poolOf(resolveLoad(load), slo, topology);
  const { rate, peakRate } = pool.load;
  return {
    ...sizes,
    atRate: expectation(pool, sizes.minReplicas, rate),
    atPeak: expectation(pool, sizes.maxReplicas, peakRate),
    atPeakZoneLost: expectation(pool, keptThroughOutage(sizes.maxReplicas, topology.zones), peakRate),
    assumptions: assumptions(pool, topology, load),
  };
}

/**
 * The most requests a second for each pod at which the pods that are left after a lost zone keep the promise, at every
 * size the HPA may choose (of 3 pods in 2 zones one is left). Starts from what a pod of the smallest tier carries, and
 * checks every size, because a pod carries a little more or less in a larger pool.
 */
function leastUseAllowed(pool: Pool, perPod: number, minReplicas: number, maxReplicas: number, zones: number): number {
  const sizes = Array.from({ length: maxReplicas - minReplicas + 1 }, (_, index) => ({
    pods: minReplicas + index,
    kept: keptThroughOutage(minReplicas + index, zones),
  }));
  const worstShare = Math.min(...sizes.map(({ pods, kept }) => kept / pods));
  return sizes.reduce(
    (least, { pods, kept }) =>
      keepsSlo(pool, kept, least * pods) ? least : Math.min(least, rateCarried(pool, kept) / pods),
    perPod * worstShare,
  );
}

/** How `pods` pods perform at `rate` requests per second. Beyond their capacity the times are infinite. */
export function expectation(pool: Pool, pods: number, rate: number): Expectation {
  const queue = queueOf(pool, pods, rate);
  const utilization = (rate * queue.service.mean) / pods;
  const promised = pool.slo.percentile / 100;
  const solved = utilization < 1 ? solveQueue(queue) : undefined;
  const times = solved?.response;
  const ms = (q: number): number => (times ? times.percentile(q) * 1000 : Infinity);
  return {
    rate,
    pods,
    utilization,
    waiting: solved?.wait.probability ?? 1,
    meanMs: times ? times.mean * 1000 : Infinity,
    p50Ms: ms(0.5),
    p95Ms: ms(0.95),
    p99Ms: ms(0.99),
    promisedMs: ms(promised),
    keepsSlo: ms(promised) <= pool.slo.latencyMs,
  };
}

function assumptions(pool: Pool, topology: Topology, load: Load): string[] {
  const elsewhere = pool.load.serviceTimeMs - pool.load.cpuTimeMs;
  const several = pool.balancers > 1 ? `, ${pool.balancers} balancers, each aware of its own requests only` : "";
  return [
    `Queue: ${DISCIPLINES[pool.discipline]}${several}.`,
    "Requests arrive independently of each other (Poisson); a pod runs one process, one core at most.",
    elsewhere > 0
      ? `Of ${pool.load.serviceTimeMs} ms a request occupies its pod for ${pool.load.cpuTimeMs} ms and waits ` +
        `elsewhere for ${elsewhere} ms.`
      : `A request occupies its pod for all of its ${pool.load.serviceTimeMs} ms; give cpuTimeMs if part of it is ` +
        "waiting.",
    topology.zones > 1
      ? `The fullest of ${topology.zones} zones may be lost at any moment; nothing is counted on to be rescheduled.`
      : "One zone: its loss is the loss of the stack.",
    ...(load.peakRate === undefined ? [`No peak was given: twice the rate, ${pool.load.peakRate}/s.`] : []),
  ];
}

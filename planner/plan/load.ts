import { PlanError, requireNumber } from "../errors";
import type { Duration } from "../queueing/response";
import type { Discipline } from "../queueing/disciplines";

/** The load of a service, as it is measured or declared. */
export interface Load {
  /** Requests per second on an ordinary day, averaged over the busy hour. */
  rate: number;
  /** Requests per second at the highest load that is planned for. @default 2 × rate */
  peakRate?: number;
  /** Milliseconds a request takes in a pod on one full core with nothing to wait for. */
  serviceTimeMs: number;
  /**
   * The part of `serviceTimeMs` that occupies the pod's event loop. In the rest the pod can serve other requests.
   * @default serviceTimeMs
   */
  cpuTimeMs?: number;
  /**
   * Squared coefficient of variation of the service time: 0 constant, 1 exponential, above 1 a long tail. @default 1
   */
  variability?: number;
  /** Share of requests that write, 0 to 1. @default 0.1 */
  writeShare?: number;
  /** Milliseconds a transaction holds a database connection. @default 5 */
  transactionMs?: number;
  /** The items that reads ask for. @default no cache: every read reaches the database */
  cache?: CacheLoad;
}

/** The items that reads ask for. */
export interface CacheLoad {
  /** How many different items there are. */
  items: number;
  /** Bytes of an item as stored. */
  itemBytes: number;
  /** Seconds an item stays in the cache after it was read from the database. */
  ttlSeconds: number;
  /**
   * Zipf exponent of their popularity: 0 all alike; around 0.8 is what web caches see (Breslau et al., INFOCOM 1999).
   * @default 0.8
   */
  skew?: number;
}

/** The promise of the service (service-level objective). */
export interface Slo {
  /** The percentile that is promised, for example 99. */
  percentile: number;
  /** The latency that this percentile stays within, in milliseconds, peak and a lost zone included. */
  latencyMs: number;
  /** Availability in percent of the year. @default 99.95 */
  availability?: number;
}

/** The zones, the balancers and the pods that the service runs on. */
export interface Topology {
  /** Zones that the pods are spread over. */
  zones: number;
  /** How the balancer picks a pod. @default "leastconn", the balancer's own default */
  algorithm?: Discipline;
  /**
   * Balancers that share the traffic, each aware of its own requests only.
   * @default 2, as many as the stack runs at least
   */
  balancers?: number;
  /** Cores a web pod may use: its CPU limit. One Node.js process cannot use more than about one. @default 1 */
  podCores?: number;
  /**
   * Cores a web pod requests, where that is decided elsewhere.
   * @default what it uses at the busiest that the promise allows
   */
  requestCores?: number;
  /** Bounds that the autoscaler gets even where the load asks for less. @default min: 2, or one pod a zone; max: min */
  atLeast?: { min: number; max: number };
}

/** A load with every default filled in. */
export type ResolvedLoad = Required<Omit<Load, "cache">> & Pick<Load, "cache">;

/** Fills in the defaults. @throws PlanError where a value is out of its bounds */
export function resolveLoad(load: Load): ResolvedLoad {
  requireNumber("rate", load.rate, { above: 0, unit: "/s" });
  requireNumber("serviceTimeMs", load.serviceTimeMs, { above: 0, unit: " ms" });
  const resolved = {
    peakRate: load.rate * 2,
    cpuTimeMs: load.serviceTimeMs,
    variability: 1,
    writeShare: 0.1,
    transactionMs: 5,
    ...defined(load),
  };
  requireNumber("peakRate", resolved.peakRate, { atLeast: load.rate, unit: "/s" });
  requireNumber("cpuTimeMs", resolved.cpuTimeMs, { above: 0, atMost: load.serviceTimeMs, unit: " ms" });
  requireNumber("variability", resolved.variability, { atLeast: 0 });
  requireNumber("writeShare", resolved.writeShare, { atLeast: 0, atMost: 1 });
  requireNumber("transactionMs", resolved.transactionMs, { above: 0, unit: " ms" });
  return resolved;
}

function defined<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}

/** @throws PlanError for a promise that no number of machines can keep */
export function checkSlo(slo: Slo, load: ResolvedLoad): void {
  requireNumber("slo.percentile", slo.percentile, { atLeast: 50, atMost: 99.99 });
  requireNumber("slo.latencyMs", slo.latencyMs, { above: 0, unit: " ms" });
  if (slo.latencyMs <= load.serviceTimeMs) {
    throw new PlanError(
      `slo p${slo.percentile}`,
      `${slo.latencyMs} ms`,
      `a request takes ${load.serviceTimeMs} ms even on an idle server`,
      `Promise more than ${load.serviceTimeMs} ms, or make the request faster`,
    );
  }
  const availability = slo.availability ?? DEFAULT_AVAILABILITY;
  if (!(availability > 0 && availability < 100)) {
    throw new PlanError(
      "slo.availability",
      `${availability} %`,
      "it must be more than 0 and less than 100",
      "Give a percentage below 100, for example 99.95",
    );
  }
}

/** Availability promised when none is named, in percent: about 4.4 hours of downtime a year. */
export const DEFAULT_AVAILABILITY = 99.95;

/** The time a request occupies a server of `cores` cores, and the time it spends elsewhere, in seconds. */
export function stagesOf(load: ResolvedLoad, cores: number): { service: Duration; delay: Duration } {
  const elsewhere = (load.serviceTimeMs - load.cpuTimeMs) / 1000;
  return {
    service: { mean: load.cpuTimeMs / 1000 / Math.min(1, cores), variability: load.variability },
    delay: { mean: elsewhere, variability: elsewhere > 0 ? load.variability : 0 },
  };
}

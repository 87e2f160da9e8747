import { LOAD_PROFILES } from "../planner/profiles";
import type { KeyName, Values } from "./keys";

/**
 * Keys that describe the workload. Where the stack file does not set one, the profile does. The sizes follow from them.
 */
export const WORKLOAD_KEYS = [
  "loadRate",
  "loadPeakRate",
  "loadServiceMs",
  "loadCpuMs",
  "loadWritePercent",
  "slo",
  "cacheTtlSeconds",
  "loadBalancerAlgorithm",
  "postgresDurability",
  "postgresWorkMem",
] as const satisfies KeyName[];

/** Values of those keys. */
export type Workload = Pick<Values, (typeof WORKLOAD_KEYS)[number]>;

/**
 * The profile's workload, with the values of the stack file in place of the profile's. A rate without a peak gets the
 * profile's ratio of peak to rate, and a service time without a CPU time gets the profile's ratio of these two.
 *
 * @param given values of the stack file
 */
export function workloadOf(profile: Values["profile"], given: Partial<Workload>): Workload {
  const { load, slo, choices } = LOAD_PROFILES[profile];
  const loadRate = given.loadRate ?? load.rate;
  const loadServiceMs = given.loadServiceMs ?? load.serviceTimeMs;
  return {
    loadRate,
    loadPeakRate: Math.ceil(loadRate * (load.peakRate / load.rate)),
    loadServiceMs,
    loadCpuMs: loadServiceMs * (load.cpuTimeMs / load.serviceTimeMs),
    loadWritePercent: Math.round(load.writeShare * 100),
    slo: `p${slo.percentile}=${slo.latencyMs}ms`,
    cacheTtlSeconds: load.cache.ttlSeconds,
    loadBalancerAlgorithm: choices.algorithm,
    postgresDurability: choices.durability,
    postgresWorkMem: choices.workMem,
    ...given,
  };
}

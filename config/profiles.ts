import { LOAD_PROFILES } from "../planner/profiles";
import type { KeyName, Values } from "./keys";

/**
 * Keys that say what kind of workload it is: the profile's where a stack file says nothing. The sizes follow from them.
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
 * The workload that a profile describes, with what the stack file says in place of the profile's own.
 * Who gives a rate but no peak gets the profile's distance between the two, and likewise for a request's time and its
 * busy part.
 *
 * @param given what the stack file says
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

import { survivors } from "../availability/tiers";
import { resolveLoad, stagesOf, type Load, type Slo, type Topology } from "./load";
import { podsNeeded, poolOf, rateCarried, type Pool } from "./pods";
import { expectation, type Expectation, type WebPlan } from "./web";

/** How the planned stack copes with a load or a failure that was not planned for. */
export interface WhatIf {
  change: string;
  /** With the planned maximum of pods. */
  then: Expectation;
  /** Pods that would keep the promise; absent where no number would. */
  needed?: number;
}

/** How the planned maximum of pods copes with twice the peak, a lost zone, 30 % slower requests, and both of these. */
export function whatIf(load: Load, slo: Slo, topology: Topology, plan: WebPlan): WhatIf[] {
  const planned = resolveLoad(load);
  const slower = { ...planned, serviceTimeMs: planned.serviceTimeMs * 1.3, cpuTimeMs: planned.cpuTimeMs * 1.3 };
  const all = plan.maxReplicas;
  const left = survivors(all, topology.zones);
  const pool = poolOf(planned, slo, topology);
  const cases: [string, Pool, number, number][] = [
    ["as planned, at the peak", pool, all, planned.peakRate],
    ["traffic doubles", pool, all, planned.peakRate * 2],
    ["a zone is lost", pool, left, planned.peakRate],
    ["service time grows 30 %", poolOf(slower, slo, topology), all, planned.peakRate],
    ["a zone is lost and service time grows 30 %", poolOf(slower, slo, topology), left, planned.peakRate],
  ];
  return cases
    .filter(([, , pods]) => pods > 0)
    .map(([change, p, pods, rate]) => ({
      change,
      // biome-ignore lint/suspicious/noThenProperty: a row of the plan's report, and nothing awaits it.
      then: expectation(p, pods, rate),
      ...possible(() => podsNeeded(p, rate)),
    }));
}

function possible(needed: () => number): { needed?: number } {
  try {
    return { needed: needed() };
  } catch {
    // A slower service can be too slow on an idle pod already; then there is no number to give.
    return {};
  }
}

/**
 * The requests per second that a number of pods carries within the promise, and those from which on its queues grow for
 * ever.
 */
export function limitsOf(
  load: Load,
  slo: Slo,
  topology: Topology,
  pods: number,
): { withinSlo: number; stable: number } {
  const pool = poolOf(resolveLoad(load), slo, topology);
  return { withinSlo: rateCarried(pool, pods), stable: pods / stagesOf(pool.load, pool.podCores).service.mean };
}

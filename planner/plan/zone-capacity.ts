import { requireNumber } from "../errors";
import { replicasToKeep, keptThroughOutage } from "../availability/tiers";
import { checkSlo, resolveLoad, type Load, type Slo, type Topology } from "./load";
import { keepsSlo, podsNeeded, poolOf, rateCarried } from "./pods";

/** Whether an HPA's maximum is enough for the declared peak when a zone is lost. */
export interface ZoneCapacity {
  carries: boolean;
  /** Declared peak, requests per second. */
  peakRate: number;
  /** Pods left of the maximum when the fullest zone is lost. With one zone: none, and that is not counted as a loss. */
  survivors: number;
  /** What is missing. @default none, if the peak is carried */
  shortfall?: {
    /** Requests per second at which the survivors still keep the promise. */
    carriedRate: number;
    /** Peak less carried. */
    missingRate: number;
    /** The smallest HPA maximum that would carry the peak. */
    maxReplicasNeeded: number;
  };
  /** The finding in one sentence. */
  sentence: string;
}

/**
 * Checks a declared HPA maximum against the declared peak, with the fullest zone lost and nothing rescheduled. The policy
 * `peak-survives-zone` uses it. The fullest zone of n pods in z zones holds ⌈n/z⌉.
 */
export function capacityWithZoneLost(load: Load, slo: Slo, topology: Topology, maxReplicas: number): ZoneCapacity {
  const resolved = resolveLoad(load);
  checkSlo(slo, resolved);
  requireNumber("zones", topology.zones, { atLeast: 1, atMost: 10, whole: true });
  requireNumber("maxReplicas", maxReplicas, { atLeast: 1, whole: true });
  const pool = poolOf(resolved, slo, topology);
  const { peakRate } = resolved;
  const left = keptThroughOutage(maxReplicas, topology.zones);
  const those =
    topology.zones > 1
      ? `With the fullest of ${topology.zones} zones lost, ${left} of ${maxReplicas} pods are left and`
      : `In the only zone, ${maxReplicas} pods`;
  const promise = `within p${slo.percentile} ≤ ${slo.latencyMs} ms`;
  // The search for what is missing solves many queues, so it runs only where this one check fails.
  if (keepsSlo(pool, left, peakRate)) {
    return {
      carries: true,
      peakRate,
      survivors: left,
      sentence: `${those} carry the peak of ${peakRate}/s ${promise}.`,
    };
  }
  const maxReplicasNeeded = replicasToKeep(podsNeeded(pool, peakRate), topology.zones);
  const carriedRate = rateCarried(pool, left);
  const missingRate = peakRate - carriedRate;
  return {
    carries: false,
    peakRate,
    survivors: left,
    shortfall: { carriedRate, missingRate, maxReplicasNeeded },
    sentence:
      `${those} carry ${Math.floor(carriedRate)}/s ${promise}: ${Math.ceil(missingRate)}/s short of the peak of ` +
      `${peakRate}/s. ` +
      `Set the maximum to at least ${maxReplicasNeeded} replicas.`,
  };
}

import { requireNumber } from "../errors";
import { replicasToKeep, survivors } from "../availability/tiers";
import { checkSlo, resolveLoad, type Load, type Slo, type Topology } from "./load";
import { podsNeeded, poolOf, rateCarried } from "./pods";

/** Whether an HPA's maximum is enough for the declared peak when a zone is gone. */
export interface ZoneCapacity {
  carries: boolean;
  /** Declared peak, requests per second. */
  peakRate: number;
  /** Pods left of the maximum when the fullest zone is lost. With one zone: none, and that is not counted as a loss. */
  survivors: number;
  /** Requests per second at which the survivors still keep the promise. */
  carriedRate: number;
  /** Peak less carried, 0 if carried. */
  missingRate: number;
  /** The smallest HPA maximum that would carry the peak. */
  maxReplicasNeeded: number;
  /** The finding in one sentence. */
  sentence: string;
}

/**
 * Judges a declared HPA maximum against the declared peak with the fullest zone lost and nothing rescheduled: what the capacity
 * policy asks. The fullest zone of n pods in z zones holds ⌈n/z⌉.
 */
export function capacityWithZoneLost(load: Load, slo: Slo, topology: Topology, maxReplicas: number): ZoneCapacity {
  const resolved = resolveLoad(load);
  checkSlo(slo, resolved);
  requireNumber("zones", topology.zones, { atLeast: 1, atMost: 10, whole: true });
  requireNumber("maxReplicas", maxReplicas, { atLeast: 1, whole: true });
  const pool = poolOf(resolved, slo, topology);
  const { peakRate } = resolved;
  const left = topology.zones > 1 ? survivors(maxReplicas, topology.zones) : maxReplicas;
  const carriedRate = rateCarried(pool, left);
  const needed = podsNeeded(pool, peakRate);
  const maxReplicasNeeded = replicasToKeep(needed, topology.zones);
  const carries = left >= needed;
  const missingRate = carries ? 0 : peakRate - carriedRate;
  const those = topology.zones > 1
    ? `With the fullest of ${topology.zones} zones lost, ${left} of ${maxReplicas} pods are left and`
    : `In the only zone, ${maxReplicas} pods`;
  const promise = `within p${slo.percentile} ≤ ${slo.latencyMs} ms`;
  const sentence = carries
    ? `${those} carry the peak of ${peakRate}/s ${promise}.`
    : `${those} carry ${Math.floor(carriedRate)}/s ${promise}: ${Math.ceil(missingRate)}/s short of the peak of ${peakRate}/s. `
      + `Set the maximum to at least ${maxReplicasNeeded} replicas.`;
  return { carries, peakRate, survivors: left, carriedRate, missingRate, maxReplicasNeeded, sentence };
}

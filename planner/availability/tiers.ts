import { kOfN } from "./binomial";
import { series } from "./structure";

/** Replicas of one workload, spread over the zones as evenly as whole numbers allow. */
export interface Tier {
  name: string;
  replicas: number;
  /** Fewest that must be up for the tier to do its work. */
  needed: number;
}

/**
 * Availability of tiers in series whose replicas stand in zones that can fail as a whole.
 *
 * A lost zone takes all its replicas, so the sum runs over every pattern of live zones. Within a pattern the replicas in
 * live zones fail independently (k-of-n): A = Σ P(pattern) · Π P(tier works | pattern).
 *
 * @param zones how many, 1 to 10
 * @param zoneUp availability of a zone
 * @param replicaUp availability of a replica in a live zone: its node and itself
 */
export function tiersAvailability(tiers: Tier[], zones: number, zoneUp: number, replicaUp: number): number {
  let sum = 0;
  for (let pattern = 0; pattern < 2 ** zones; pattern++) {
    const live = Array.from({ length: zones }, (_, zone) => Boolean((pattern >> zone) & 1));
    const probability = series(...live.map((up) => (up ? zoneUp : 1 - zoneUp)));
    const works = tiers.map((tier) => kOfN(tier.needed, replicasIn(tier.replicas, live), replicaUp));
    sum += probability * series(...works);
  }
  return sum;
}

/** How many of `replicas`, dealt out over the zones in turn, stand in live ones. */
function replicasIn(replicas: number, live: boolean[]): number {
  return live.reduce((sum, up, zone) => sum + (up ? zoneShare(replicas, live.length, zone) : 0), 0);
}

function zoneShare(replicas: number, zones: number, zone: number): number {
  return Math.floor(replicas / zones) + (zone < replicas % zones ? 1 : 0);
}

/** Replicas left when the fullest zone is lost; none where there is only one zone. */
export const survivors = (replicas: number, zones: number): number => replicas - Math.ceil(replicas / zones);

/**
 * Replicas that are left in every outage that is planned for: without the fullest zone, or all where there is only one
 * zone.
 */
export function keptThroughOutage(replicas: number, zones: number): number {
  return zones > 1 ? survivors(replicas, zones) : replicas;
}

/**
 * Fewest replicas of which at least `needed` are left when the fullest zone is lost. With one zone nothing would be
 * left, and it returns `needed`.
 */
export function replicasToKeep(needed: number, zones: number): number {
  if (zones <= 1) return needed;
  let replicas = needed + Math.ceil(needed / (zones - 1));
  while (survivors(replicas - 1, zones) >= needed) replicas--;
  return replicas;
}

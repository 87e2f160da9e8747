import { PlanError } from "../errors";
import { INTERRUPTIONS, interruptedMinutes, type Interruption } from "./interruptions";
import { availabilityOf, type Repair } from "./repair";
import { downtimeMinutes, MINUTES_PER_YEAR } from "./structure";
import { tiersAvailability, type Tier } from "./tiers";

/** How often machines and zones fail. Assumptions to be replaced by one's own record. */
export interface Hazards {
  node: Repair;
  zone: Repair;
  interruptions: Interruption[];
}

/**
 * A node is lost four times a year (upgrades that go wrong included) and replaced in half an hour; a zone once in two
 * years, for two hours. Orders of magnitude from the providers' public incident reports, not a promise of any of them.
 */
export const HAZARDS: Hazards = {
  node: { mttfHours: 2190, mttrHours: 0.5 },
  zone: { mttfHours: 17_520, mttrHours: 2 },
  interruptions: INTERRUPTIONS,
};

/** The stack's replica counts that its availability depends on. */
export interface StackShape {
  zones: number;
  balancers: number;
  /** Web pods running, and how many of them the load needs. */
  web: { replicas: number; needed: number };
  /** Members, and how many a write needs: 2 when a standby must confirm it (`durability: required`), else 1. */
  database: { replicas: number; needed: number };
}

/** Availability of the whole, and what its downtime is made of. */
export interface StackAvailability {
  availability: number;
  downtimeMinutes: number;
  /** Too few replicas of something left: nodes and zones. Minutes a year. */
  lostReplicas: number;
  /** Failovers and bad releases. Minutes a year. */
  interruptions: number;
  /** The same stack if zones never failed: what independent failures alone would give. */
  lostReplicasWithoutZones: number;
}

/** Redis is not in the series: without it the shop serves from the database, which the pools are sized for. */
export function stackAvailability(shape: StackShape, hazards: Hazards = HAZARDS): StackAvailability {
  if (!Number.isInteger(shape.zones) || shape.zones < 1 || shape.zones > 10) {
    throw new PlanError(
      "zones",
      String(shape.zones),
      "pods must stand in at least one zone, and clouds have no more than a few",
      "Give zones a whole number from 1 to 10",
    );
  }
  const tiers: Tier[] = [
    { name: "load-balancer", replicas: shape.balancers, needed: 1 },
    { name: "web-app", ...shape.web },
    { name: "postgres", ...shape.database },
  ];
  const lost = (zoneUp: number): number =>
    downtimeMinutes(tiersAvailability(tiers, shape.zones, zoneUp, availabilityOf(hazards.node)));
  const lostReplicas = lost(availabilityOf(hazards.zone));
  const interruptions = interruptedMinutes(hazards.interruptions);
  const minutes = lostReplicas + interruptions;
  return {
    availability: Math.max(0, 1 - minutes / MINUTES_PER_YEAR),
    downtimeMinutes: minutes,
    lostReplicas,
    interruptions,
    lostReplicasWithoutZones: lost(1),
  };
}

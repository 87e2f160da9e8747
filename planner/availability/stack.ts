import { PlanError } from "../errors";
import { INTERRUPTIONS, interruptedMinutes } from "./interruptions";
import { availabilityOf } from "./repair";
import { downtimeMinutes, MINUTES_PER_YEAR } from "./structure";
import { tiersAvailability, type Tier } from "./tiers";

/**
 * How often machines and zones fail. A node is lost four times a year (failed upgrades included) and replaced in half an
 * hour. A zone is lost once in two years, for two hours. These are orders of magnitude from the providers' public
 * incident reports, not a promise of any of them.
 */
const HAZARDS = {
  node: { mttfHours: 2190, mttrHours: 0.5 },
  zone: { mttfHours: 17_520, mttrHours: 2 },
};

/** The replica counts that decide the availability of the stack. */
export interface StackShape {
  zones: number;
  balancers: number;
  /** Web pods running, and how many of them the load needs. */
  web: { replicas: number; needed: number };
  /** Members, and how many a write needs: 2 when a standby must confirm it (`durability: required`), else 1. */
  database: { replicas: number; needed: number };
}

/** Availability of the whole stack, and the parts of its downtime. */
export interface StackAvailability {
  availability: number;
  downtimeMinutes: number;
  /** Minutes a year with too few replicas left, because nodes or zones are lost. */
  lostReplicas: number;
  /** Minutes a year of failovers and bad releases. */
  interruptions: number;
  /** `lostReplicas` of the same stack if no zone ever failed. */
  lostReplicasWithoutZones: number;
}

/**
 * Availability of a stack of this shape. Redis does not count: without it the shop reads from the database, and the
 * connection pools are sized for that.
 *
 * @throws PlanError where `zones` is no whole number from 1 to 10
 */
export function stackAvailability(shape: StackShape): StackAvailability {
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
    downtimeMinutes(tiersAvailability(tiers, shape.zones, zoneUp, availabilityOf(HAZARDS.node)));
  const lostReplicas = lost(availabilityOf(HAZARDS.zone));
  const interruptions = interruptedMinutes(INTERRUPTIONS);
  const minutes = lostReplicas + interruptions;
  return {
    availability: Math.max(0, 1 - minutes / MINUTES_PER_YEAR),
    downtimeMinutes: minutes,
    lostReplicas,
    interruptions,
    lostReplicasWithoutZones: lost(1),
  };
}

import { stackAvailability, type StackAvailability } from "./availability/stack";
import { purchases, type Prices, type Purchase } from "./cost/cheapest";
import { OTHER_WORKLOADS, VOLUMES_GIB } from "./cost/nodes";
import { DEFAULT_AVAILABILITY, resolveLoad, stagesOf, type Load, type Slo, type Topology } from "./plan/load";
import { poolOf } from "./plan/pods";
import { planPools, type PoolPlan } from "./plan/pools";
import { limitsOf, whatIf, type WhatIf } from "./plan/sensitivity";
import { expectation, type Expectation, type WebPlan } from "./plan/web";
import { DISCIPLINES, type Discipline } from "./queueing/disciplines";
import { requireStable } from "./queueing/erlang";

/** What the planner needs to know to size a stack. */
export interface StackRequest {
  load: Load;
  slo: Slo;
  topology: Topology;
  /** Whether a write waits for a standby even while none is there. @default "required" */
  durability?: "required" | "preferred";
  prices: Prices;
}

/** The sizes of a stack, its cost, and how it behaves under load and failures. */
export interface StackPlan {
  request: StackRequest;
  web: WebPlan;
  pools: PoolPlan;
  availability: StackAvailability & { promised: number; kept: boolean };
  cheapest: Purchase;
  /** The next best ways to buy it, at most four. */
  alternatives: Purchase[];
  limits: { withinSlo: number; stable: number };
  whatIf: WhatIf[];
  disciplines: DisciplineRow[];
}

/** How the same pods do at the same load with one balancing algorithm. */
export interface DisciplineRow extends Expectation {
  discipline: Discipline;
  /** Which queue the numbers assume. */
  assumes: string;
}

/** Database members of a stack, as the component declares them by default. */
const DATABASE_MEMBERS = 3;

/**
 * Plans the whole stack: web tier, connection pools, availability and cost.
 * With `topology.podCores` given only that pod size is considered, else all of the price file's.
 *
 * @throws PlanError, a sentence naming the input
 */
export function planStack(request: StackRequest): StackPlan {
  const { load, slo, topology, durability = "required" } = request;
  const prices =
    topology.podCores === undefined ? request.prices : { ...request.prices, podCores: [topology.podCores] };
  const [cheapest, ...alternatives] = purchases(load, slo, topology, prices, OTHER_WORKLOADS, VOLUMES_GIB);
  const { web, podCores } = cheapest!;
  const sized = { ...topology, podCores };
  const availability = stackAvailability({
    zones: topology.zones,
    balancers: topology.balancers ?? 2,
    web: { replicas: web.maxReplicas, needed: web.neededAtPeak },
    database: { replicas: DATABASE_MEMBERS, needed: durability === "required" ? 2 : 1 },
  });
  const promised = slo.availability ?? DEFAULT_AVAILABILITY;
  return {
    request,
    web,
    pools: planPools(load, { maxReplicas: web.maxReplicas }),
    availability: { ...availability, promised, kept: availability.availability * 100 >= promised },
    cheapest: cheapest!,
    alternatives: alternatives.slice(0, 4),
    limits: limitsOf(load, slo, sized, web.maxReplicas),
    whatIf: whatIf(load, slo, sized, web),
    disciplines: compareDisciplines(load, slo, sized, web.neededAtPeak, resolveLoad(load).peakRate),
  };
}

/**
 * Compares the balancing algorithms at the same number of pods and the same rate.
 *
 * @throws PlanError where the pods cannot keep up with any of them
 */
export function compareDisciplines(
  load: Load,
  slo: Slo,
  topology: Topology,
  pods: number,
  rate: number,
): DisciplineRow[] {
  const resolved = resolveLoad(load);
  requireStable(pods, rate * stagesOf(resolved, topology.podCores ?? 1).service.mean);
  return (Object.keys(DISCIPLINES) as Discipline[]).map((discipline) => ({
    discipline,
    assumes: DISCIPLINES[discipline],
    ...expectation(poolOf(resolved, slo, { ...topology, algorithm: discipline }), pods, rate),
  }));
}

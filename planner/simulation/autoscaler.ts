import { STEP_SECONDS } from "./traffic";

/** The autoscaler and the pods it moves. */
export interface Scaling {
  /** Use of a pod, in busy cores, that the HPA steers to. */
  targetCores: number;
  minReplicas: number;
  maxReplicas: number;
  serviceTime: number;
  /** Requests per second that n pods carry within the promise; index n. */
  carried: Float64Array;
  /** The minimum at a step, if something raises it (a forecast). */
  floor?: (step: number) => number;
}

/** What a week cost and how it went. */
export interface WeekResult {
  /** Seconds in which the promise was broken: too few ready pods, or a backlog still there. */
  violationSeconds: number;
  podHours: number;
}

/** Steps of 15 s. Metrics are scraped and the HPA syncs every 15 s, so it sees the load of the step before last. */
const METRIC_LAG = 2;
/** From the decision to a ready pod: scheduling, image there, start, first readiness probe: 20 s, two steps. */
const START_STEPS = 2;
/** Kubernetes' defaults: a tenth of tolerance, and scale-in to the highest wish of the last 300 s. */
const TOLERANCE = 0.1;
const STABILIZATION_STEPS = 300 / STEP_SECONDS;

/**
 * A week of a Deployment under `autoscaling/v2`: desired = ⌈pods · use ÷ target⌉ outside the tolerance, up by at most the larger of
 * double and four pods a step, down to the highest wish of the last five minutes.
 * Source: Kubernetes documentation, *Horizontal Pod Autoscaling*, algorithm details and default behavior.
 * Work that is too much for the ready pods is kept as a backlog, and the promise is broken until it is gone.
 */
export function simulateScaling(rates: Float64Array, from: number, scaling: Scaling): WeekResult {
  const { targetCores, minReplicas, maxReplicas, serviceTime, carried } = scaling;
  const clamp = (pods: number, low: number): number => Math.min(maxReplicas, Math.max(minReplicas, low, pods));
  const starting: number[] = new Array(START_STEPS).fill(0);
  const wishes: number[] = [];
  let ready = clamp(Math.ceil((rates[from]! * serviceTime) / targetCores), 0);
  let backlog = 0;
  let violated = 0;
  let podSteps = 0;
  for (let step = from; step < rates.length; step++) {
    ready += starting.shift()!;
    starting.push(0);
    const pods = ready + starting.reduce((a, b) => a + b, 0);
    podSteps += pods;

    const work = rates[step]! * STEP_SECONDS + backlog;
    const done = Math.min(work, (ready / serviceTime) * STEP_SECONDS);
    backlog = work - done;
    if (backlog > 0 || rates[step]! > carried[ready]!) violated++;

    // A pod cannot use more than its core, so overload shows as "all busy" and no more: the HPA then grows by 1/target at a time.
    const seen = Math.min((rates[Math.max(from, step - METRIC_LAG)]! * serviceTime) / ready, 1);
    const ratio = seen / targetCores;
    const floor = scaling.floor?.(step) ?? 0;
    const wish = clamp(Math.abs(ratio - 1) <= TOLERANCE ? pods : Math.ceil(ready * ratio), floor);
    wishes.push(wish);
    if (wishes.length > STABILIZATION_STEPS) wishes.shift();
    const desired = wish >= pods ? Math.min(wish, Math.max(pods * 2, pods + 4)) : Math.min(pods, Math.max(...wishes));
    if (desired > pods) starting[START_STEPS - 1]! += desired - pods;
    // Scale-in takes pods that are not ready first, as the ReplicaSet does.
    for (let leave = pods - desired; leave > 0; leave--) {
      const at = starting.findLastIndex((n) => n > 0);
      if (at >= 0) starting[at]! -= 1;
      else ready--;
    }
  }
  return { violationSeconds: violated * STEP_SECONDS, podHours: (podSteps * STEP_SECONDS) / 3600 };
}

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

/** Cost and quality of a simulated week. */
export interface WeekResult {
  /** Seconds in which the promise was broken: too few ready pods, or a backlog still there. */
  violationSeconds: number;
  podHours: number;
}

/** Steps of 15 s. Metrics are scraped and the HPA syncs every 15 s, so it sees the load of the step before last. */
const METRIC_LAG = 2;
/** From the decision to a ready pod: scheduling, image there, start, first readiness probe: 20 s, two steps. */
const START_STEPS = 2;
/** Kubernetes' default tolerance. */
const TOLERANCE = 0.1;
/**
 * The web service's own behavior (`components/web-service/scaling.ts`): up by the larger of double and two pods a step,
 * down to the highest wish of 300 s, one pod a minute.
 */
const UP_PODS = 2;
const STABILIZATION_STEPS = 300 / STEP_SECONDS;
const DOWN_STEPS = 60 / STEP_SECONDS;

/**
 * A week of a Deployment under `autoscaling/v2`: desired = ⌈pods · use ÷ target⌉ outside the tolerance, within the
 * behavior's limits. Source: Kubernetes documentation, *Horizontal Pod Autoscaling*, algorithm details.
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

    // A pod cannot use more than its core, so the HPA sees overload as 100 % and grows by at most 1/target at a time.
    const seen = Math.min((rates[Math.max(from, step - METRIC_LAG)]! * serviceTime) / ready, 1);
    const ratio = seen / targetCores;
    const floor = scaling.floor?.(step) ?? 0;
    const wish = clamp(Math.abs(ratio - 1) <= TOLERANCE ? pods : Math.ceil(ready * ratio), floor);
    wishes.push(wish);
    if (wishes.length > STABILIZATION_STEPS) wishes.shift();
    if (wish > pods) starting[START_STEPS - 1]! += Math.min(wish, Math.max(pods * 2, pods + UP_PODS)) - pods;
    // After five calm minutes no pod is still starting, so a ready pod is removed.
    else if (Math.max(...wishes) < pods && step % DOWN_STEPS === 0) ready--;
  }
  return { violationSeconds: violated * STEP_SECONDS, podHours: (podSteps * STEP_SECONDS) / 3600 };
}

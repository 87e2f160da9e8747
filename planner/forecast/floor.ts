import { requireNumber } from "../errors";
import type { WebPlan } from "../plan/web";

/**
 * How many usual errors the floor stands above the forecast: about 19 of 20 values lie below (1.64 σ; σ ≈ 1.25 mean
 * absolute errors).
 */
const MARGIN = 2;

/** Pods that hold `rate` at the plan's HPA target, within the plan's bounds. */
function podsAtTarget(plan: WebPlan, rate: number, serviceTimeMs: number): number {
  const coresPerPod = (plan.targetCpuUtilization / 100) * (parseInt(plan.requests.cpu, 10) / 1000);
  const pods = Math.ceil((rate * serviceTimeMs) / 1000 / coresPerPod);
  return Math.min(plan.maxReplicas, Math.max(plan.minReplicas, pods));
}

/** An HPA minimum for the next interval. */
export interface Floor {
  /** Highest forecast rate in the interval, requests per second. */
  forecastRate: number;
  /** The rate that the floor carries: the forecast and its margin. */
  coveredRate: number;
  minReplicas: number;
}

/**
 * The HPA minimum for the interval that a forecast covers: enough for its highest value and twice its usual error, so
 * that pods are there before the load is. The HPA stays in charge above it; the plan's minimum stays below it.
 *
 * @param forecast rates of the interval, requests per second
 * @param usualError of the forecast, requests per second
 * @param serviceTimeMs time a request occupies a pod
 */
export function hpaFloor(plan: WebPlan, forecast: number[], usualError: number, serviceTimeMs: number): Floor {
  requireNumber("forecast length", forecast.length, { atLeast: 1, whole: true });
  const forecastRate = Math.max(...forecast);
  const coveredRate = forecastRate + MARGIN * usualError;
  return { forecastRate, coveredRate, minReplicas: podsAtTarget(plan, coveredRate, serviceTimeMs) };
}

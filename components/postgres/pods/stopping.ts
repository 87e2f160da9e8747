import type { FailoverSettings } from "../args";
import { HAND_OVER_SECONDS, HOOK_MARGIN_SECONDS, LET_GO_STEPS, LET_GO_STEP_SECONDS } from "../settings";

/**
 * Seconds that the hook of a member's pod may take before the pod is told to end: the wait for a calm moment and the
 * switchover.
 */
export function preStopSeconds({ calmSeconds }: FailoverSettings): number {
  return calmSeconds + HAND_OVER_SECONDS + HOOK_MARGIN_SECONDS;
}

/**
 * The same for a pooler's pod: it stays until another one serves, and lets its callers go, with a second or two to
 * spare.
 */
export function leaveSeconds({ poolerStaySeconds }: FailoverSettings): number {
  return poolerStaySeconds + Math.ceil(LET_GO_STEPS * LET_GO_STEP_SECONDS) + 1 + HOOK_MARGIN_SECONDS;
}

/**
 * Seconds a member may take to stop: its hook, which hands over, and then pausing the poolers, the shutdown itself and
 * the lock's change of hands, for one that still leads.
 */
export function gracePeriodSeconds(failover: FailoverSettings): number {
  return (
    preStopSeconds(failover) +
    Math.ceil(failover.pauseDeadlineMs / 1000 + failover.primaryStopTimeout + failover.retryTimeout)
  );
}

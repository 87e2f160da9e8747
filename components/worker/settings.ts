import type { WorkerArgs } from "./args";

/** What an argument is where the caller says nothing, by interface; the reference is rendered from it. */
export const DEFAULTS = {
  WorkerArgs: {
    replicas: 2,
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1000m", memory: "512Mi" } },
    drainSeconds: 60,
    metricsPath: "/metrics",
  },
} as const satisfies { WorkerArgs: Partial<WorkerArgs> };

/** Reserve between the end of a drain and the kill. */
export const GRACE_MARGIN_SECONDS = 5;

/**
 * Seconds that a pod has to live before the next one of the rollout is made: there is no probe, and a program that ends
 * at once (a wrong command, a missing variable) has ended by then.
 */
export const SETTLE_SECONDS = 10;

import type { ScheduledJobArgs } from "./args";

/** What an argument is where the caller says nothing, by interface; the reference is rendered from it. */
export const DEFAULTS = {
  ScheduledJobArgs: {
    deadlineSeconds: 3600,
    retries: 1,
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1000m", memory: "512Mi" } },
  },
} as const satisfies { ScheduledJobArgs: Partial<ScheduledJobArgs> };

/**
 * Seconds that a run may start late, after an outage of the control plane for instance; then it is left out, and the
 * alert tells.
 */
export const START_LATE_SECONDS = 600;

/** Runs of each kind that are kept to be looked at, with their logs. */
export const KEPT_RUNS = 3;

/** Days after which a finished run goes, with its logs. */
export const KEPT_DAYS = 7;

/** Longest name of a CronJob: Kubernetes puts eleven characters after it for each run. */
export const LONGEST_NAME = 52;

import { each, everyPrograms, limits, marked, outside, type Change } from "../common/changes";

/** Every argument changed once, with what has to go for that. */
export const SCHEDULED_JOB_CHANGES: Change[] = [
  ...everyPrograms("ScheduledJobArgs"),
  ...each("ScheduledJobArgs", {
    // Nothing of it serves or keeps data: it runs in the other namespace at its next time.
    namespace: "elsewhere",
    outside,
    schedule: "45 4 * * mon",
    deadlineSeconds: 60,
    retries: 3,
    resources: limits,
    transform: { cronJob: marked },
  }),
];

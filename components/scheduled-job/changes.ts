import { each, everyComponents, everyPrograms, limits, marked, type Change } from "../common/changes";

/** Every argument changed once, with what has to go for that. */
export const SCHEDULED_JOB_CHANGES: Change[] = [
  ...everyComponents("ScheduledJobArgs"),
  ...everyPrograms("ScheduledJobArgs"),
  ...each("ScheduledJobArgs", {
    schedule: "45 4 * * mon",
    deadlineSeconds: 60,
    retries: 3,
    resources: limits,
    transform: { cronJob: marked },
  }),
];

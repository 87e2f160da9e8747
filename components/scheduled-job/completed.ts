import { completed, type Completed } from "../common/completed";
import { requireNumber, scheduleFault } from "../common/program-checks";
import type { ScheduledJobArgs } from "./args";
import { DEFAULTS, LONGEST_NAME } from "./settings";

/** A job's arguments with their defaults. */
export type ScheduledJobSettings = Completed<ScheduledJobArgs, typeof DEFAULTS.ScheduledJobArgs>;

/**
 * Completes and checks the arguments.
 *
 * @throws Error naming the argument, its value and what is allowed
 */
export function scheduledJobSettings(name: string, args: ScheduledJobArgs): ScheduledJobSettings {
  const settings = completed(args, DEFAULTS.ScheduledJobArgs);
  const of = `ScheduledJob ${name}`;
  if (name.length > LONGEST_NAME)
    throw new Error(`${of}: the name has ${name.length} characters; Kubernetes takes ${LONGEST_NAME} of a CronJob.`);
  const fault = scheduleFault(settings.schedule);
  if (fault !== undefined) throw new Error(`${of}: schedule is "${settings.schedule}", but ${fault}: 15 3 * * *.`);
  requireNumber(of, "deadlineSeconds", settings.deadlineSeconds, { least: 1 });
  requireNumber(of, "retries", settings.retries, { least: 0 });
  return settings;
}

import { completed, type Completed } from "../common/completed";
import { requireNumber } from "../common/program-checks";
import type { WorkerArgs } from "./args";
import { DEFAULTS } from "./settings";

/** A worker's arguments with their defaults. */
export type WorkerSettings = Completed<WorkerArgs, typeof DEFAULTS.WorkerArgs>;

/**
 * Completes and checks the arguments.
 *
 * @throws Error naming the argument, its value and what is allowed
 */
export function workerSettings(name: string, args: WorkerArgs): WorkerSettings {
  const settings = completed(args, DEFAULTS.WorkerArgs);
  const of = `Worker ${name}`;
  requireNumber(of, "replicas", settings.replicas, { least: 1 });
  requireNumber(of, "drainSeconds", settings.drainSeconds, { least: 0 });
  if (settings.metricsPort !== undefined)
    requireNumber(of, "metricsPort", settings.metricsPort, { least: 1, most: 65_535 });
  return settings;
}

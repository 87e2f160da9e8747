import type * as k8s from "@pulumi/kubernetes";
import type { Transform } from "../common/component";
import type { ProgramArgs } from "../common/program-args";

/** Children of a `ScheduledJob` whose arguments can be rewritten. */
export interface ScheduledJobTransforms {
  /** The CronJob. */
  cronJob?: Transform<k8s.batch.v1.CronJobArgs>;
}

/** Arguments of `ScheduledJob`. */
export interface ScheduledJobArgs extends ProgramArgs {
  /**
   * When it runs, in cron's five fields, UTC: `15 3 * * *`. Best not on the full hour, when everybody's do. A run that
   * would start beside the one before it is left out.
   */
  schedule: string;
  /** Seconds after which a run is ended; the next one's time should not have come by then. */
  deadlineSeconds?: number;
  /**
   * How often a run that failed is tried again, in a new pod. With any, and wherever a node may die, half of the work may
   * have been done before.
   */
  retries?: number;
  /** CPU and memory of a run. */
  resources?: k8s.types.input.core.v1.ResourceRequirements;
  /** The one escape hatch: rewrites a child's arguments. */
  transform?: ScheduledJobTransforms;
}

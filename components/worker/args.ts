import type * as k8s from "@pulumi/kubernetes";
import type { Transform } from "../common/component";
import type { Peer } from "../common/network";
import type { ProgramArgs } from "../common/program-args";

/** Children of a `Worker` whose arguments can be rewritten. */
export interface WorkerTransforms {
  /** The Deployment. */
  deployment?: Transform<k8s.apps.v1.DeploymentArgs>;
}

/** Arguments of `Worker`. */
export interface WorkerArgs extends ProgramArgs {
  /** Pods that always run. With one, its work waits while a node is lost or emptied. */
  replicas?: number;
  /** CPU and memory of each pod. */
  resources?: k8s.types.input.core.v1.ResourceRequirements;
  /** Seconds that its running work may still take once the pod was told to stop (SIGTERM). */
  drainSeconds?: number;
  /** Port of its metrics. @default none: it serves none, and has no port at all */
  metricsPort?: number;
  /** HTTP path of the metrics. */
  metricsPath?: string;
  /** Who may read its metrics. @default nobody */
  scrapedBy?: Peer[];
  /** The one escape hatch: rewrites a child's arguments. */
  transform?: WorkerTransforms;
}

import type * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import type { Transform } from "../common/component";
import type { Panel } from "../common/panel";
import type { Endpoint, Peer } from "../common/network";
import type { OutsideEdge } from "../common/outside";
import type { ProgramArgs, SecretMount, SecretVariable } from "../common/program-args";
import type { Load, Slo, Topology } from "../../planner/plan/load";

/** Bounds and target of the horizontal autoscaler. */
export interface Autoscaling {
  /** Pods that always run. */
  min: number;
  /** Pods that may run. */
  max: number;
  /** Average CPU use to keep, percent of the request. */
  targetCpuPercent: number;
}

/**
 * A command that must have succeeded before pods of a new version start. It runs again whenever something that it is
 * given changes (image, command, variables, names of Secrets), and where a run was cut off: it has to do nothing the
 * second time.
 */
export interface Migration {
  /** Program and arguments, run once for each version in the service's own image. */
  command: string[];
  /**
   * Names of the service's settings (`config`) that it reads; it is given those only, and a change of another one does
   * not run it again.
   * @default all
   */
  reads?: string[];
  /** Settings beside the service's own. */
  env?: Record<string, pulumi.Input<string>>;
  /** Secrets that the service itself is not given, the schema owner's password for instance. */
  secretMounts?: SecretMount[];
  /** The same as environment; a name that the service has, too, is another one here. @default the service's own */
  secretEnv?: Record<string, SecretVariable>;
  /** What it calls. */
  uses: Endpoint[];
  /** What it calls outside of the cluster; the service's own edges are not the migration's. @default nothing */
  outside?: OutsideEdge[];
}

/** Children of a `WebService` whose arguments can be rewritten. */
export interface WebServiceTransforms {
  /** The Deployment. */
  deployment?: Transform<k8s.apps.v1.DeploymentArgs>;
  /** The autoscaler. */
  autoscaler?: Transform<k8s.autoscaling.v2.HorizontalPodAutoscalerArgs>;
  /** The Service for callers inside the cluster. */
  service?: Transform<k8s.core.v1.ServiceArgs>;
}

/** Arguments of `WebService`. */
export interface WebServiceArgs extends ProgramArgs {
  /** Container port. */
  port?: number;
  /**
   * What it speaks. `grpc` is HTTP/2 without TLS, and its probes are calls of the standard gRPC health service.
   */
  protocol?: "http" | "grpc";
  /**
   * What comes at it. With `slo` it decides whichever of `replicas` and `resources` is left out, by the planner; and
   * the policy
   * `peak-survives-zone` then fails a preview whose autoscaler cannot carry the peak with a zone lost.
   * @default none: sizes are what the other arguments say
   */
  load?: Load;
  /** The latency it promises; counts together with `load`. @default none */
  slo?: Slo;
  /**
   * For the plan: zones its pods are spread over and how the balancer in front picks one.
   * @default least connections
   */
  topology?: Partial<Topology>;
  /**
   * How many pods: a number to keep, or bounds for an autoscaler, which then owns the count.
   * @default unless `load` and `slo` decide
   */
  replicas?: number | Autoscaling;
  /**
   * CPU and memory of each pod.
   * @default unless `load` and `slo` decide the CPU: the source article's numbers
   */
  resources?: k8s.types.input.core.v1.ResourceRequirements;
  /** Run before a new version's first pod. @default none */
  migration?: Migration;
  /** HTTP path that answers while the process works at all. */
  livePath?: string;
  /** HTTP path that answers while this pod should get requests. */
  readyPath?: string;
  /**
   * Headers of the kubelet's probes and of the balancer's check, for an application that answers only to its own name
   * or only to TLS: `{ Host: "shop.example", "X-Forwarded-Proto": "https" }`.
   * @default `Host` is the service's name
   */
  probeHeaders?: Record<string, string>;
  /**
   * Whether it serves metrics. `false`: nothing is scraped, and the dashboard shows what the cluster knows of its pods.
   */
  metrics?: boolean;
  /**
   * Port of the metrics, where that isn't the service's own (a gRPC service can't serve them on it). @default `port`
   */
  metricsPort?: number;
  /**
   * HTTP path of the metrics. The dashboard reads `http_requests_total` (labels `route`, `status`) and the histogram
   * `http_request_duration_seconds`; an alert reads the gauge `dependency_up` (label `dependency`: 1 while the pod
   * reaches it, 0 while it doesn't).
   */
  metricsPath?: string;
  /** Panels of the dashboard for metrics that only this program has. */
  panels?: Panel[];
  /** Seconds a request may still take once the pod was told to stop. */
  drainSeconds?: number;
  /** Who may call it. @default nobody */
  clients?: Peer[];
  /** Who may read its metrics. @default nobody */
  scrapedBy?: Peer[];
  /** The one escape hatch: rewrites a child's arguments. */
  transform?: WebServiceTransforms;
}

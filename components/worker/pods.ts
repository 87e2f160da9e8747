import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { transformed } from "../common/component";
import { podsOf } from "../common/pods";
import { programContainer, programPod, secretEnvAnnotation, type ProgramParts } from "../common/program";
import { PROGRESS_SECONDS, rolloutTimeouts, WAIT_FOR_ROLLOUT } from "../common/rolled-out";
import { spreadAnew } from "../common/scheduling";
import { metadataOf, type Workload } from "../common/workload";
import type { WorkerSettings } from "./completed";
import { GRACE_MARGIN_SECONDS, SETTLE_SECONDS } from "./settings";

/** The Deployment: a new pod is there before an old one goes. */
export function createWorkers(
  of: Workload,
  args: WorkerSettings,
  parts: ProgramParts,
  opts: pulumi.CustomResourceOptions,
): void {
  const { replicas, metricsPort, drainSeconds } = args;
  const pod = {
    ...programPod(parts.account, args),
    terminationGracePeriodSeconds: drainSeconds + GRACE_MARGIN_SECONDS,
    topologySpreadConstraints: spreadAnew(of.labels),
    containers: [
      {
        ...programContainer(args, parts.config),
        name: of.name,
        ...(metricsPort !== undefined && {
          ports: [{ name: "metrics", containerPort: metricsPort, protocol: "TCP" }],
          // For whoever reads them; a worker with no answer to give still works.
          readinessProbe: { tcpSocket: { port: "metrics" }, periodSeconds: 5 },
        }),
      },
    ],
  };
  const deployment: k8s.apps.v1.DeploymentArgs = {
    metadata: { ...metadataOf(of), annotations: WAIT_FOR_ROLLOUT },
    spec: {
      replicas,
      ...podsOf(of.labels, pod, secretEnvAnnotation(args.secretEnv)),
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      minReadySeconds: SETTLE_SECONDS,
      progressDeadlineSeconds: PROGRESS_SECONDS,
      revisionHistoryLimit: 3,
    },
  };
  const all = { ...opts, customTimeouts: rolloutTimeouts(replicas) };
  new k8s.apps.v1.Deployment(of.name, transformed(args.transform?.deployment, deployment), all);
}

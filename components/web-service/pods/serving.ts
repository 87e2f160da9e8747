import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { transformed } from "../../common/component";
import { podsOf } from "../../common/pods";
import { probeHeaders } from "../../common/probe-headers";
import { programContainer, programPod, secretEnvAnnotation, type ProgramParts } from "../../common/program";
import { PROGRESS_SECONDS, rolloutTimeouts, START_SECONDS, WAIT_FOR_ROLLOUT } from "../../common/rolled-out";
import { spreadAnew } from "../../common/scheduling";
import { metadataOf, type Workload } from "../../common/workload";
import type { WebSettings } from "../completed";
import { GRACE_MARGIN_SECONDS, PRE_STOP_SECONDS } from "../settings";

/**
 * The Deployment that serves: a new pod is there before an old one goes.
 *
 * @param after what has to be there first: the policy, and a migration
 */
export function createDeployment(
  of: Workload,
  args: WebSettings,
  parts: ProgramParts,
  after: pulumi.Resource[],
  parent: pulumi.Resource,
): k8s.apps.v1.Deployment {
  const { scaling, transform, mostPods } = args;
  const deployment: k8s.apps.v1.DeploymentArgs = {
    metadata: { ...metadataOf(of), annotations: WAIT_FOR_ROLLOUT },
    spec: {
      // Left out where an autoscaler owns the count: stating it would reset the service at every update.
      ...(typeof scaling === "number" && { replicas: scaling }),
      ...podsOf(of.labels, servingPod(of, args, parts), secretEnvAnnotation(args.secretEnv)),
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      minReadySeconds: 5,
      progressDeadlineSeconds: PROGRESS_SECONDS,
      revisionHistoryLimit: 3,
    },
  };
  const opts = { parent, dependsOn: after, customTimeouts: rolloutTimeouts(mostPods) };
  return new k8s.apps.v1.Deployment(of.name, transformed(transform?.deployment, deployment), opts);
}

/** The pod that serves. */
function servingPod(of: Workload, args: WebSettings, parts: ProgramParts): k8s.types.input.core.v1.PodSpec {
  const { port, metricsPort } = args;
  const httpHeaders = Object.entries(probeHeaders(of.name, args.probeHeaders)).map(([header, value]) => ({
    name: header,
    value,
  }));
  const question = (path: string): k8s.types.input.core.v1.Probe =>
    args.protocol === "grpc" ? { grpc: { port } } : { httpGet: { path, port: "http", httpHeaders } };
  const alive = question(args.livePath);
  const ready = question(args.readyPath);
  return {
    ...programPod(parts.account, args),
    terminationGracePeriodSeconds: PRE_STOP_SECONDS + args.drainSeconds + GRACE_MARGIN_SECONDS,
    topologySpreadConstraints: spreadAnew(of.labels),
    containers: [
      {
        ...programContainer(args, parts.config),
        name: of.name,
        ports: [
          { name: "http", containerPort: port, protocol: "TCP" },
          ...(metricsPort === port ? [] : [{ name: "metrics", containerPort: metricsPort, protocol: "TCP" }]),
        ],
        // Started: it answers at all. Ready: it should get requests. Alive: only a restart would help, and on a machine
        // that is merely overloaded a restart makes things worse, so this one takes a minute to judge.
        startupProbe: { ...alive, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: START_SECONDS },
        readinessProbe: { ...ready, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 2 },
        livenessProbe: { ...alive, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
        lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } },
      },
    ],
  };
}

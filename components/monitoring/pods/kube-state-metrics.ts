import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { transformed } from "../../common/component";
import { IMAGES } from "../../common/images";
import { podBase, podsOf } from "../../common/pods";
import { withScratch } from "../../common/resources";
import { containerSecurityContext } from "../../common/security";
import { metadataOf, type Workload } from "../../common/workload";
import type { MonitoringSettings } from "../completed";
import { reportedKinds } from "../kube-metrics";
import { PORTS } from "../names";

/**
 * kube-state-metrics, told to serve only what rules and panels read.
 *
 * @param metrics what they read
 */
export function createKubeStateMetrics(
  of: Workload,
  { watched, transform }: MonitoringSettings,
  metrics: string[],
  parent: pulumi.Resource,
): void {
  const pod = {
    ...podBase(of.name),
    automountServiceAccountToken: true,
    terminationGracePeriodSeconds: 10,
    containers: [container(watched, metrics)],
  };
  const set: k8s.apps.v1.DeploymentArgs = {
    metadata: metadataOf(of),
    // Two would report everything twice.
    spec: { ...podsOf(of.labels, pod), replicas: 1, strategy: { type: "Recreate" } },
  };
  new k8s.apps.v1.Deployment(of.name, transformed(transform?.kubeStateMetrics, set), { parent });
}

function container(watched: pulumi.Input<string>[], metrics: string[]): k8s.types.input.core.v1.Container {
  const kinds = reportedKinds(metrics);
  return {
    name: "kube-state-metrics",
    image: IMAGES.kubeStateMetrics,
    command: ["kube-state-metrics"],
    args: [
      `--port=${PORTS.kubeStateMetrics}`,
      `--telemetry-port=${PORTS.kubeStateMetricsSelf}`,
      `--resources=${kinds.map(({ resource }) => resource).join(",")}`,
      pulumi.interpolate`--namespaces=${pulumi.all(watched).apply((all) => all.join(","))}`,
      `--metric-allowlist=${metrics.join(",")}`,
    ],
    ports: [
      { name: "metrics", containerPort: PORTS.kubeStateMetrics, protocol: "TCP" },
      { name: "self", containerPort: PORTS.kubeStateMetricsSelf, protocol: "TCP" },
    ],
    resources: withScratch({
      requests: { cpu: "10m", memory: "32Mi" },
      limits: { cpu: "200m", memory: "128Mi" },
    }),
    startupProbe: { httpGet: { path: "/", port: "self" }, periodSeconds: 2, failureThreshold: 30 },
    // Alive is the process; ready is that it answers with metrics. A deaf API server must not restart it.
    livenessProbe: {
      httpGet: { path: "/", port: "self" },
      periodSeconds: 20,
      timeoutSeconds: 5,
      failureThreshold: 4,
    },
    readinessProbe: {
      httpGet: { path: "/healthz", port: "metrics" },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    securityContext: containerSecurityContext(),
  };
}

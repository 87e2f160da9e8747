import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { transformed, type Transform } from "../common/component";
import { IMAGES } from "../common/images";
import { allLabels, type Labels } from "../common/labels";
import { containerSecurityContext, podSecurityContext } from "../common/security";
import { NAMES, PORTS } from "./args";
import { reportedKinds, type ReportedKind } from "./kube-metrics";
import { withScratch } from "../common/resources";

/** What kube-state-metrics' workload is made of. */
export interface KubeStateMetricsArgs {
  namespace: pulumi.Input<string>;
  selector: Labels;
  /** Namespaces whose objects it reports on. */
  watched: pulumi.Input<string>[];
  /** The metrics it serves; its rights follow from them. */
  metrics: string[];
  transform?: Transform<k8s.apps.v1.DeploymentArgs> | undefined;
}

/** kube-state-metrics, told to serve only what rules and panels read. */
export function createKubeStateMetrics(
  args: KubeStateMetricsArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.apps.v1.Deployment {
  const name = NAMES.kubeStateMetrics;
  const labels = allLabels(args.selector);
  const kinds = reportedKinds(args.metrics);
  const deployment: k8s.apps.v1.DeploymentArgs = {
    metadata: { name, namespace: args.namespace, labels },
    spec: {
      // Two would report everything twice.
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: args.selector },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: true,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 10,
          securityContext: podSecurityContext(),
          containers: [
            {
              name: "kube-state-metrics",
              image: IMAGES.kubeStateMetrics,
              command: ["kube-state-metrics"],
              args: [
                `--port=${PORTS.kubeStateMetrics}`,
                `--telemetry-port=${PORTS.kubeStateMetricsSelf}`,
                `--resources=${kinds.map(({ resource }) => resource).join(",")}`,
                pulumi.interpolate`--namespaces=${pulumi.all(args.watched).apply((all) => all.join(","))}`,
                `--metric-allowlist=${args.metrics.join(",")}`,
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
            },
          ],
        },
      },
    },
  };
  return new k8s.apps.v1.Deployment(name, transformed(args.transform, deployment), opts);
}

/** RBAC rules for reading kinds: list and watch are all it does. */
export function readRules(kinds: ReportedKind[]): k8s.types.input.rbac.v1.PolicyRule[] {
  return kinds.map(({ apiGroup, resource }) => ({
    apiGroups: [apiGroup],
    resources: [resource],
    verbs: ["list", "watch"],
  }));
}

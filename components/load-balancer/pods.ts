import type * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import { IMAGES } from "../common/images";
import { withScratch } from "../common/resources";
import { containerSecurityContext, podSecurityContext } from "../common/security";
import { CONFIG_PATH } from "./haproxy-config";
import { CLIENT_PORT, DRAIN_SECONDS, METRICS_PORT, PRE_STOP_SECONDS } from "./settings";

/** The balancer's pod: HAProxy in the foreground, its configuration mounted. */
export function balancerPodSpec(
  entryLabels: Record<string, string>,
  resources: k8s.types.input.core.v1.ResourceRequirements,
  names: { serviceAccount: pulumi.Input<string>; configMap: pulumi.Input<string> },
): k8s.types.input.core.v1.PodSpec {
  return {
    serviceAccountName: names.serviceAccount,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurityContext(),
    nodeSelector: entryLabels,
    // The node whose port is published to the outside may be the control plane.
    tolerations: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" }],
    terminationGracePeriodSeconds: PRE_STOP_SECONDS + DRAIN_SECONDS + 10,
    containers: [
      {
        name: "haproxy",
        image: IMAGES.haproxy,
        imagePullPolicy: "IfNotPresent",
        command: ["haproxy", "-db", "-f", `${CONFIG_PATH}/haproxy.cfg`],
        ports: [
          { name: "http", containerPort: CLIENT_PORT, protocol: "TCP" },
          { name: "metrics", containerPort: METRICS_PORT, protocol: "TCP" },
        ],
        resources: withScratch(resources),
        securityContext: containerSecurityContext(),
        startupProbe: { httpGet: { path: "/healthz", port: "metrics" }, periodSeconds: 1, failureThreshold: 30 },
        readinessProbe: {
          httpGet: { path: "/readyz", port: "metrics" },
          periodSeconds: 2,
          timeoutSeconds: 2,
          failureThreshold: 2,
        },
        livenessProbe: {
          httpGet: { path: "/healthz", port: "metrics" },
          periodSeconds: 10,
          timeoutSeconds: 5,
          failureThreshold: 6,
        },
        // TERM would cut running requests, USR1 lets them end; the sleep holds TERM back until they have.
        lifecycle: {
          preStop: {
            exec: { command: ["sh", "-c", `sleep ${PRE_STOP_SECONDS}; kill -USR1 1; sleep ${DRAIN_SECONDS}`] },
          },
        },
        volumeMounts: [
          { name: "config", mountPath: CONFIG_PATH, readOnly: true },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
    ],
    volumes: [
      { name: "config", configMap: { name: names.configMap } },
      { name: "tmp", emptyDir: { sizeLimit: "16Mi" } },
    ],
  };
}

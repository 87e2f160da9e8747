import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { quantityBytes } from "../../../graph/quantity";
import { transformed } from "../../common/component";
import { IMAGES } from "../../common/images";
import { claim, podBase, setOf } from "../../common/pods";
import { withScratch } from "../../common/resources";
import { spread } from "../../common/scheduling";
import { containerSecurityContext } from "../../common/security";
import { metadataOf, type Workload } from "../../common/workload";
import type { MonitoringSettings } from "../completed";
import { PORTS } from "../names";
import { PROMETHEUS_MEMORY_MIB } from "../settings";

/** What Prometheus' pods need from the other parts of the component: names of ConfigMaps and of the headless Service. */
interface PrometheusParts {
  /** With `prometheus.yml`. */
  config: pulumi.Input<string>;
  /** With a file for each component's rules. */
  rules: pulumi.Input<string>;
  service: pulumi.Input<string>;
}

/** Prometheus' StatefulSet. */
export function createPrometheus(
  of: Workload,
  settings: MonitoringSettings,
  parts: PrometheusParts,
  parent: pulumi.Resource,
): void {
  const { storage, prometheusReplicas, transform } = settings;
  const pod = {
    ...podBase(of.name),
    automountServiceAccountToken: true,
    // It writes what it has in memory before it goes.
    terminationGracePeriodSeconds: 60,
    topologySpreadConstraints: spread(of.labels),
    containers: [container(storage.size)],
    volumes: [
      { name: "config", configMap: { name: parts.config } },
      { name: "rules", configMap: { name: parts.rules } },
    ],
  };
  const set: k8s.apps.v1.StatefulSetArgs = {
    metadata: metadataOf(of),
    spec: {
      ...setOf(of.labels, parts.service, prometheusReplicas, pod),
      volumeClaimTemplates: [claim("data", storage, of.labels)],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Delete" },
    },
  };
  new k8s.apps.v1.StatefulSet(of.name, transformed(transform?.prometheus, set), { parent });
}

function container(size: string): k8s.types.input.core.v1.Container {
  const healthy = { httpGet: { path: "/-/healthy", port: "http" } };
  return {
    name: "prometheus",
    image: IMAGES.prometheus,
    command: ["prometheus"],
    args: [
      "--config.file=/etc/prometheus/config/prometheus.yml",
      "--storage.tsdb.path=/prometheus",
      "--storage.tsdb.retention.time=15d",
      `--storage.tsdb.retention.size=${retentionBytes(size)}B`,
      `--web.listen-address=:${PORTS.prometheus}`,
      // After a restart the time an alert has been true already counts for all whose `for` is longer than this;
      // with the default of ten minutes those of a minute would begin anew.
      "--rules.alert.for-grace-period=10s",
      "--query.timeout=30s",
      "--query.max-concurrency=8",
    ],
    env: [{ name: "GOMEMLIMIT", value: `${Math.floor(0.9 * PROMETHEUS_MEMORY_MIB)}MiB` }],
    ports: [{ name: "http", containerPort: PORTS.prometheus, protocol: "TCP" }],
    resources: withScratch({
      requests: { cpu: "50m", memory: "256Mi" },
      limits: { cpu: "1000m", memory: `${PROMETHEUS_MEMORY_MIB}Mi` },
    }),
    // While it replays its log it is healthy and not ready, however long that takes: no probe may end it then.
    startupProbe: { ...healthy, periodSeconds: 2, failureThreshold: 60 },
    livenessProbe: { ...healthy, periodSeconds: 15, timeoutSeconds: 10, failureThreshold: 6 },
    readinessProbe: {
      httpGet: { path: "/-/ready", port: "http" },
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    securityContext: containerSecurityContext(),
    volumeMounts: [
      { name: "config", mountPath: "/etc/prometheus/config", readOnly: true },
      { name: "rules", mountPath: "/etc/prometheus/rules", readOnly: true },
      { name: "data", mountPath: "/prometheus" },
    ],
  };
}

/** Four fifths of the volume, in bytes: the log and a block being written need room beside what is kept. */
export const retentionBytes = (size: string): number => Math.floor(0.8 * quantityBytes(size));

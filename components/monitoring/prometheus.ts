import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { quantityBytes } from "../../graph/quantity";
import { transformed, type Transform } from "../common/component";
import { readAtStart } from "../common/content";
import { IMAGES } from "../common/images";
import { allLabels, type Labels } from "../common/labels";
import { withScratch } from "../common/resources";
import { spread } from "../common/scheduling";
import { containerSecurityContext, podSecurityContext } from "../common/security";
import { NAMES, PORTS } from "./args";
import { PROMETHEUS_MEMORY_MIB } from "./settings";

/** The pods that stand behind these Services come after them, and Pulumi would wait for them first. */
const DO_NOT_WAIT = { "pulumi.com/skipAwait": "true" };

/** What Prometheus' workload is made of. */
export interface PrometheusArgs {
  namespace: pulumi.Input<string>;
  selector: Labels;
  replicas: number;
  storage: { size: string; className?: pulumi.Input<string> | undefined };
  /** `prometheus.yml`. */
  config: pulumi.Input<string>;
  /** Rule files by name. */
  rules: Record<string, string>;
  transform?: Transform<k8s.apps.v1.StatefulSetArgs> | undefined;
}

/** Prometheus' ConfigMaps, Service and StatefulSet. */
export function createPrometheus(args: PrometheusArgs, opts: pulumi.CustomResourceOptions): k8s.apps.v1.StatefulSet {
  const name = NAMES.prometheus;
  const labels = allLabels(args.selector);
  const metadata = (suffix: string) => ({ name: `${name}${suffix}`, namespace: args.namespace, labels });
  const content = { namespace: args.namespace, labels };
  const config = readAtStart(`${name}-config`, { ...content, data: { "prometheus.yml": args.config } }, opts);
  const rules = readAtStart(`${name}-rules`, { ...content, data: args.rules }, opts);
  new k8s.core.v1.Service(
    name,
    {
      metadata: { ...metadata(""), annotations: DO_NOT_WAIT },
      spec: {
        selector: args.selector,
        ports: [{ name: "http", port: PORTS.prometheus, targetPort: "http", protocol: "TCP" }],
      },
    },
    opts,
  );
  const headless = new k8s.core.v1.Service(
    `${name}-headless`,
    {
      metadata: { ...metadata("-headless"), annotations: DO_NOT_WAIT },
      spec: {
        clusterIP: "None",
        selector: args.selector,
        ports: [{ name: "http", port: PORTS.prometheus, protocol: "TCP" }],
      },
    },
    opts,
  );
  const set: k8s.apps.v1.StatefulSetArgs = {
    metadata: metadata(""),
    spec: {
      serviceName: headless.metadata.name,
      replicas: args.replicas,
      podManagementPolicy: "Parallel",
      selector: { matchLabels: args.selector },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: true,
          enableServiceLinks: false,
          // It writes what it has in memory before it goes.
          terminationGracePeriodSeconds: 60,
          securityContext: podSecurityContext(),
          topologySpreadConstraints: spread(args.selector),
          containers: [container(args)],
          volumes: [
            { name: "config", configMap: { name: config } },
            { name: "rules", configMap: { name: rules } },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: "data", labels: args.selector },
          spec: {
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: args.storage.size } },
            ...(args.storage.className === undefined ? {} : { storageClassName: args.storage.className }),
          },
        },
      ],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Delete" },
    },
  };
  return new k8s.apps.v1.StatefulSet(name, transformed(args.transform, set), opts);
}

function container(args: PrometheusArgs): k8s.types.input.core.v1.Container {
  const healthy = { httpGet: { path: "/-/healthy", port: "http" } };
  return {
    name: "prometheus",
    image: IMAGES.prometheus,
    command: ["prometheus"],
    args: [
      "--config.file=/etc/prometheus/config/prometheus.yml",
      "--storage.tsdb.path=/prometheus",
      "--storage.tsdb.retention.time=15d",
      `--storage.tsdb.retention.size=${retentionBytes(args.storage.size)}B`,
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
export function retentionBytes(size: string): number {
  return Math.floor(0.8 * quantityBytes(size));
}

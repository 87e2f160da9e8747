import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { transformed } from "../../common/component";
import { IMAGES } from "../../common/images";
import { claim, podBase, setOf } from "../../common/pods";
import { withScratch } from "../../common/resources";
import { spread } from "../../common/scheduling";
import { containerSecurityContext } from "../../common/security";
import { metadataOf, type Workload } from "../../common/workload";
import { WEBHOOK_FILE } from "../alertmanager-config";
import type { MonitoringSettings } from "../completed";
import { headlessName, NAMES, PORTS } from "../names";

/** What Alertmanager's pods need from the other parts of the component, each by name. */
interface AlertmanagerParts {
  /** ConfigMap with `alertmanager.yml`. */
  config: pulumi.Input<string>;
  /** Secret with the webhook's URL; undefined where nobody is told. */
  webhook: pulumi.Input<string> | undefined;
  /** The headless Service. */
  service: pulumi.Input<string>;
}

/** Size of each volume: it holds silences, and what was told already. */
const VOLUME = "64Mi";

/** Alertmanager's StatefulSet. */
export function createAlertmanager(
  of: Workload,
  settings: MonitoringSettings,
  { config, webhook, service }: AlertmanagerParts,
  parent: pulumi.Resource,
): void {
  const { alertmanagerReplicas: replicas, storage, transform } = settings;
  const pod = {
    ...podBase(of.name),
    terminationGracePeriodSeconds: 30,
    topologySpreadConstraints: spread(of.labels),
    containers: [container(replicas, webhook !== undefined)],
    volumes: [
      { name: "config", configMap: { name: config } },
      ...(webhook ? [{ name: "webhook", secret: { secretName: webhook, defaultMode: 0o440 } }] : []),
    ],
  };
  const set: k8s.apps.v1.StatefulSetArgs = {
    metadata: metadataOf(of),
    spec: {
      ...setOf(of.labels, service, replicas, pod),
      volumeClaimTemplates: [claim("data", { ...storage, size: VOLUME }, of.labels)],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Delete" },
    },
  };
  new k8s.apps.v1.StatefulSet(of.name, transformed(transform?.alertmanager, set), { parent });
}

/**
 * Flags by which the Alertmanagers find each other. They name pods, not one common name: the names are looked up again
 * every few seconds, so peers that all come back with other addresses meet again, and none is found twice.
 */
export function gossipFlags(replicas: number): string[] {
  if (replicas === 1) return ["--cluster.listen-address="];
  return [
    `--cluster.listen-address=0.0.0.0:${PORTS.gossip}`,
    `--cluster.advertise-address=$(POD_IP):${PORTS.gossip}`,
    ...Array.from(
      { length: replicas },
      (_, ordinal) =>
        `--cluster.peer=${NAMES.alertmanager}-${ordinal}.${headlessName(NAMES.alertmanager)}:${PORTS.gossip}`,
    ),
  ];
}

function container(replicas: number, hasWebhook: boolean): k8s.types.input.core.v1.Container {
  const healthy = { httpGet: { path: "/-/healthy", port: "http" } };
  return {
    name: "alertmanager",
    image: IMAGES.alertmanager,
    command: ["alertmanager"],
    args: [
      "--config.file=/etc/alertmanager/alertmanager.yml",
      "--storage.path=/alertmanager",
      `--web.listen-address=:${PORTS.alertmanager}`,
      ...gossipFlags(replicas),
    ],
    env: [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
    ports: [
      { name: "http", containerPort: PORTS.alertmanager, protocol: "TCP" },
      { name: "gossip", containerPort: PORTS.gossip, protocol: "TCP" },
      { name: "gossip-udp", containerPort: PORTS.gossip, protocol: "UDP" },
    ],
    resources: withScratch({ requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "200m", memory: "128Mi" } }),
    startupProbe: { ...healthy, periodSeconds: 2, failureThreshold: 30 },
    livenessProbe: { ...healthy, periodSeconds: 15, timeoutSeconds: 5, failureThreshold: 4 },
    readinessProbe: {
      httpGet: { path: "/-/ready", port: "http" },
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    securityContext: containerSecurityContext(),
    volumeMounts: [
      { name: "config", mountPath: "/etc/alertmanager", readOnly: true },
      { name: "data", mountPath: "/alertmanager" },
      ...(hasWebhook ? [{ name: "webhook", mountPath: WEBHOOK_FILE.replace(/\/[^/]+$/, ""), readOnly: true }] : []),
    ],
  };
}

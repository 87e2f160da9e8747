import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { transformed, type Transform } from "../common/component";
import { readAtStart } from "../common/content";
import { IMAGES } from "../common/images";
import { allLabels, type Labels } from "../common/labels";
import { spread } from "../common/scheduling";
import { containerSecurityContext, podSecurityContext } from "../common/security";
import { alertmanagerConfig, WEBHOOK_FILE } from "./alertmanager-config";
import { NAMES, PORTS } from "./args";
import { withScratch } from "../common/resources";

/** What Alertmanager's workload is made of. */
export interface AlertmanagerArgs {
  namespace: pulumi.Input<string>;
  selector: Labels;
  replicas: number;
  storageClassName: pulumi.Input<string> | undefined;
  webhook: string | undefined;
  transform?: Transform<k8s.apps.v1.StatefulSetArgs> | undefined;
}

/** The pods that stand behind these Services come after them, and Pulumi would wait for them first. */
const DO_NOT_WAIT = { "pulumi.com/skipAwait": "true" };

const HEADLESS = `${NAMES.alertmanager}-headless`;

/** Alertmanager's configuration, Services and StatefulSet. */
export function createAlertmanager(
  args: AlertmanagerArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.apps.v1.StatefulSet {
  const name = NAMES.alertmanager;
  const labels = allLabels(args.selector);
  const metadata = (suffix: string) => ({ name: `${name}${suffix}`, namespace: args.namespace, labels });
  const data = { "alertmanager.yml": alertmanagerConfig(args.webhook !== undefined) };
  const content = { namespace: args.namespace, labels };
  const config = readAtStart(`${name}-config`, { ...content, data }, opts);
  const webhook =
    args.webhook === undefined
      ? undefined
      : readAtStart(`${name}-webhook`, { ...content, stringData: { url: pulumi.secret(args.webhook) } }, opts);
  new k8s.core.v1.Service(
    name,
    {
      metadata: { ...metadata(""), annotations: DO_NOT_WAIT },
      spec: {
        selector: args.selector,
        ports: [{ name: "http", port: PORTS.alertmanager, targetPort: "http", protocol: "TCP" }],
      },
    },
    opts,
  );
  const headless = new k8s.core.v1.Service(
    HEADLESS,
    {
      metadata: { ...metadata("-headless"), annotations: DO_NOT_WAIT },
      spec: {
        clusterIP: "None",
        selector: args.selector,
        // Peers that start together have to find each other while none of them is ready.
        publishNotReadyAddresses: true,
        ports: [
          { name: "gossip", port: PORTS.gossip, protocol: "TCP" },
          { name: "gossip-udp", port: PORTS.gossip, protocol: "UDP" },
        ],
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
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 30,
          securityContext: podSecurityContext(),
          topologySpreadConstraints: spread(args.selector),
          containers: [container(args.replicas, webhook !== undefined)],
          volumes: [
            { name: "config", configMap: { name: config } },
            ...(webhook ? [{ name: "webhook", secret: { secretName: webhook, defaultMode: 0o440 } }] : []),
          ],
        },
      },
      // Silences, and what was told already.
      volumeClaimTemplates: [
        {
          metadata: { name: "data", labels: args.selector },
          spec: {
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: "64Mi" } },
            ...(args.storageClassName === undefined ? {} : { storageClassName: args.storageClassName }),
          },
        },
      ],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Delete" },
    },
  };
  return new k8s.apps.v1.StatefulSet(name, transformed(args.transform, set), opts);
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
      (_, ordinal) => `--cluster.peer=${NAMES.alertmanager}-${ordinal}.${HEADLESS}:${PORTS.gossip}`,
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

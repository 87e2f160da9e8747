import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { transformed } from "../../common/component";
import { IMAGES } from "../../common/images";
import { podBase, podsOf } from "../../common/pods";
import { withScratch } from "../../common/resources";
import { containerSecurityContext } from "../../common/security";
import { metadataOf, type Workload } from "../../common/workload";
import type { LoadBalancerArgs } from "../args";
import { CONFIG_PATH } from "../haproxy-config";
import { CLIENT_PORT, METRICS_PORT, TLS_PORT } from "../names";
import { DEFAULTS, DRAIN_SECONDS, PRE_STOP_SECONDS, TLS_MEMORY } from "../settings";
import type { Tls } from "../tls";
import { keeperContainer, keeperVolumes, SHARED_MOUNT } from "./agent";

const byDefault = DEFAULTS.LoadBalancerArgs;
const { requests, limits } = byDefault.resources;
const WITH_TLS = { requests, limits: { ...limits, memory: TLS_MEMORY } };

/** What the pods need from the other parts of the component. */
interface BalancerParts {
  account: pulumi.Input<string>;
  /** ConfigMap with HAProxy's configuration. */
  config: pulumi.Input<string>;
  tls: Tls | undefined;
}

/** The balancers' DaemonSet; a new pod is there before the old one goes. */
export function createBalancers(
  of: Workload,
  args: LoadBalancerArgs,
  parts: BalancerParts,
  opts: pulumi.CustomResourceOptions,
): void {
  const set: k8s.apps.v1.DaemonSetArgs = {
    metadata: metadataOf(of),
    spec: {
      ...podsOf(of.labels, balancerPod(args, parts)),
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      minReadySeconds: 5,
      revisionHistoryLimit: 3,
    },
  };
  new k8s.apps.v1.DaemonSet(of.name, transformed(args.transform?.daemonSet, set), opts);
}

/** The pod: HAProxy in the foreground, its configuration mounted. */
function balancerPod(args: LoadBalancerArgs, { account, config, tls }: BalancerParts): k8s.types.input.core.v1.PodSpec {
  return {
    ...podBase(account),
    nodeSelector: args.entryLabels ?? byDefault.entryLabels,
    // The node whose port is published to the outside may be the control plane.
    tolerations: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" }],
    terminationGracePeriodSeconds: PRE_STOP_SECONDS + DRAIN_SECONDS + 10,
    ...(tls ? { initContainers: [keeperContainer(tls)] } : {}),
    containers: [
      {
        name: "haproxy",
        image: IMAGES.haproxy,
        imagePullPolicy: "IfNotPresent",
        command: ["haproxy", "-db", "-f", `${CONFIG_PATH}/haproxy.cfg`],
        ports: [
          { name: "http", containerPort: CLIENT_PORT, protocol: "TCP" },
          ...(tls ? [{ name: "https", containerPort: TLS_PORT, protocol: "TCP" }] : []),
          { name: "metrics", containerPort: METRICS_PORT, protocol: "TCP" },
        ],
        resources: withScratch(args.resources ?? (tls ? WITH_TLS : byDefault.resources)),
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
          ...(tls ? [SHARED_MOUNT] : []),
        ],
      },
    ],
    volumes: [
      { name: "config", configMap: { name: config } },
      { name: "tmp", emptyDir: { sizeLimit: "16Mi" } },
      ...(tls ? keeperVolumes(tls) : []),
    ],
  };
}

import type * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import { containerSecurityContext, podSecurityContext } from "../common/security";
import type { Labels } from "../common/labels";
import { probeHeaders } from "../common/probe-headers";
import type { SecretMount, WebServiceArgs } from "./args";
import { withScratch } from "../common/resources";
import { DEFAULTS, GRACE_MARGIN_SECONDS, PRE_STOP_SECONDS, START_SECONDS } from "./settings";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Container = k8s.types.input.core.v1.Container;

const byDefault = DEFAULTS.WebServiceArgs;

/** What every pod of a web service has, whether it serves or migrates. */
export function basePodSpec(serviceAccount: pulumi.Input<string>, mounts: SecretMount[]): Omit<PodSpec, "containers"> {
  return {
    serviceAccountName: serviceAccount,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurityContext(),
    // A DNS server may have died with its node: ask the next one after a second, not after five.
    dnsConfig: {
      options: [
        { name: "timeout", value: "1" },
        { name: "attempts", value: "3" },
      ],
    },
    volumes: [
      { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
      ...mounts.map(({ name, secretName, keys }) => ({
        name,
        secret: { secretName, defaultMode: 0o440, ...(keys && { items: keys.map((key) => ({ key, path: key })) }) },
      })),
    ],
  };
}

/** What every container of a web service has. */
export function baseContainer(
  args: Pick<WebServiceArgs, "image" | "resources">,
  configMap: pulumi.Input<string>,
  mounts: SecretMount[],
): Omit<Container, "name"> {
  return {
    image: args.image,
    imagePullPolicy: "IfNotPresent",
    envFrom: [{ configMapRef: { name: configMap } }],
    resources: withScratch(args.resources ?? byDefault.resources),
    securityContext: containerSecurityContext(),
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      ...mounts.map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })),
    ],
  };
}

/** The pod that serves. */
export function servingPodSpec(
  name: string,
  labels: Labels,
  args: WebServiceArgs,
  names: { serviceAccount: pulumi.Input<string>; configMap: pulumi.Input<string> },
): PodSpec {
  const mounts = args.secretMounts ?? [];
  const port = args.port ?? byDefault.port;
  const metricsPort = args.metricsPort ?? port;
  const httpHeaders = Object.entries(probeHeaders(name, args.probeHeaders)).map(([header, value]) => ({
    name: header,
    value,
  }));
  const question = (path: string): k8s.types.input.core.v1.Probe =>
    args.protocol === "grpc" ? { grpc: { port } } : { httpGet: { path, port: "http", httpHeaders } };
  const alive = question(args.livePath ?? byDefault.livePath);
  const ready = question(args.readyPath ?? byDefault.readyPath);
  return {
    ...basePodSpec(names.serviceAccount, mounts),
    terminationGracePeriodSeconds:
      PRE_STOP_SECONDS + (args.drainSeconds ?? byDefault.drainSeconds) + GRACE_MARGIN_SECONDS,
    topologySpreadConstraints: spread(labels),
    containers: [
      {
        ...baseContainer(args, names.configMap, mounts),
        name,
        ...(args.command && { command: args.command }),
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

/**
 * One pod to a node before any node gets two, and evenly over zones where that is possible.
 * Old pods of a rollout and nodes that can't take a pod don't count, or new pods would be placed around them
 * (kubernetes/kubernetes#98215). Zones may be of unequal size, so their balance is wished for, not required.
 */
function spread(labels: Labels): k8s.types.input.core.v1.TopologySpreadConstraint[] {
  const common = {
    maxSkew: 1,
    labelSelector: { matchLabels: labels },
    matchLabelKeys: ["pod-template-hash"],
    nodeTaintsPolicy: "Honor",
  };
  return [
    { ...common, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "DoNotSchedule" },
    { ...common, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
  ];
}

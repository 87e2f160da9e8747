import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { IMAGES } from "../common/images";
import { containerSecurityContext } from "../common/security";
import { ACCOUNTS_PATH, DATA_PATH, RUN_PATH, SCRIPTS_PATH } from "./config";
import { EXPORTER_PORT, READINESS_SECONDS, SCRIPT_NUMBERS } from "./settings";
import { withScratch } from "../common/resources";

type Container = k8s.types.input.core.v1.Container;
type Volume = k8s.types.input.core.v1.Volume;

/** A command that runs one of the mounted scripts. */
export function script(...words: string[]): string[] {
  const [name, ...rest] = words;
  return ["sh", `${SCRIPTS_PATH}/${name}`, ...rest];
}

/**
 * The three probes of a server or Sentinel. Started is an open port, and may take ten minutes: a member waits, rightly,
 * until enough others are there to tell it its role. Alive is any answer within two minutes. Ready is `ready-*`
 * in probe.sh. An exec probe costs the node 50 to 100 ms of CPU, so they are no more frequent than they have to be.
 *
 * @param readySeconds seconds between two checks of readiness
 */
export function probes(
  kind: "redis" | "sentinel",
  readySeconds: number,
): Pick<Container, "startupProbe" | "livenessProbe" | "readinessProbe"> {
  return {
    startupProbe: { tcpSocket: { port: kind }, periodSeconds: 2, timeoutSeconds: 1, failureThreshold: 300 },
    livenessProbe: {
      exec: { command: script("probe.sh", `alive-${kind}`) },
      periodSeconds: 60,
      timeoutSeconds: 10,
      failureThreshold: 2,
    },
    readinessProbe: {
      exec: { command: script("probe.sh", `ready-${kind}`) },
      periodSeconds: readySeconds,
      timeoutSeconds: READINESS_SECONDS,
      failureThreshold: 2,
    },
  };
}

/** What every container of the set is told: its members, and the numbers that its scripts go by. */
export function memberEnvironment(
  redis: pulumi.Input<string>,
  sentinels: pulumi.Input<string>,
): k8s.types.input.core.v1.EnvVar[] {
  return [
    { name: "REDIS_HOSTS", value: redis },
    { name: "SENTINEL_HOSTS", value: sentinels },
    ...Object.entries(SCRIPT_NUMBERS).map(([name, value]) => ({ name, value: String(value) })),
  ];
}

/** Volumes of a server's or Sentinel's pod, besides its data: scripts, passwords, scratch space. */
export function memberVolumes(config: pulumi.Input<string>, accounts: pulumi.Input<string>): Volume[] {
  return [
    { name: "config", configMap: { name: config } },
    // Only the pod's own user reads it; the group is what fsGroup gives the files.
    { name: "accounts", secret: { secretName: accounts, defaultMode: 0o440 } },
    { name: "run", emptyDir: { medium: "Memory", sizeLimit: "8Mi" } },
  ];
}

/** Where {@link memberVolumes} and the data are mounted. */
export const MEMBER_MOUNTS: k8s.types.input.core.v1.VolumeMount[] = [
  { name: "config", mountPath: SCRIPTS_PATH, readOnly: true },
  { name: "accounts", mountPath: ACCOUNTS_PATH, readOnly: true },
  { name: "run", mountPath: RUN_PATH },
  { name: "data", mountPath: DATA_PATH },
];

/** The metrics exporter beside a server or Sentinel. */
export function exporterContainer(args: string[], mounts: k8s.types.input.core.v1.VolumeMount[] = []): Container {
  const health = { httpGet: { path: "/health", port: "metrics" } };
  return {
    name: "exporter",
    image: IMAGES.redisExporter,
    command: ["redis_exporter"],
    args,
    ports: [{ name: "metrics", containerPort: EXPORTER_PORT, protocol: "TCP" }],
    resources: withScratch({ requests: { cpu: "10m", memory: "24Mi" }, limits: { cpu: "200m", memory: "64Mi" } }),
    startupProbe: { ...health, periodSeconds: 2, failureThreshold: 30 },
    livenessProbe: { ...health, periodSeconds: 20, timeoutSeconds: 3, failureThreshold: 6 },
    // A deaf exporter must not take its server out of service: it has to fail for a minute before it counts.
    readinessProbe: { ...health, periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 6 },
    securityContext: containerSecurityContext(),
    volumeMounts: mounts,
  };
}

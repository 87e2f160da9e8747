import { posix } from "node:path";
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../../common/component";
import type { Live } from "../../common/content";
import { IMAGES } from "../../common/images";
import { withScratch } from "../../common/resources";
import { containerSecurityContext } from "../../common/security";
import {
  ACCOUNTS_PATH,
  AGENT_PATH,
  AGENT_PORT,
  AGENT_SOCKET,
  DATA_PATH,
  EXPORTER_PORT,
  REDIS_PORT,
  RUN_PATH,
  SENTINEL_PORT,
} from "../names";
import { AGENT_NUMBERS, PROBE_SECONDS, READINESS_SECONDS } from "../settings";

type Container = k8s.types.input.core.v1.Container;
type Mount = k8s.types.input.core.v1.VolumeMount;
type Volume = k8s.types.input.core.v1.Volume;

/** What both kinds of pods need from the other parts of the component. */
export interface MemberParts {
  headless: pulumi.Input<string>;
  /** Addresses by ordinal, separated by spaces. */
  redisHosts: pulumi.Input<string>;
  sentinelHosts: pulumi.Input<string>;
  /** Passwords that the pods follow while they run. */
  accounts: Live;
  transform?: Transform<k8s.apps.v1.StatefulSetArgs> | undefined;
}

/** A question to the agent of this pod, from another of its containers. */
export const ask = (word: "START" | "HAND-OVER"): string[] => ["valkey-cli", "-s", AGENT_SOCKET, word];

/**
 * A command that becomes a program once the agent has written its configuration, at every start of the container anew;
 * while there is no agent, it waits for one.
 */
export function startedByAgent(program: string): string[] {
  return ["sh", "-c", `until [ "$(${ask("START").join(" ")} 2>/dev/null)" = OK ]; do sleep 0.1; done; ${program}`];
}

/**
 * The three probes of a server or Sentinel. Started is an open port, and may take ten minutes: a member waits, rightly,
 * until enough others are there to tell it its role. Alive is any answer of its own within two minutes, whatever the
 * agent does: a server that loads its data or has lost its primary is not mended by a restart. Whether it is ready, its
 * pod's agent says (see {@link agentContainer}).
 */
export function probes(
  kind: "redis" | "sentinel",
): Pick<Container, "startupProbe" | "livenessProbe" | "readinessProbe"> {
  const port = kind === "redis" ? REDIS_PORT : SENTINEL_PORT;
  return {
    startupProbe: { tcpSocket: { port: kind }, periodSeconds: 2, timeoutSeconds: 1, failureThreshold: 300 },
    livenessProbe: {
      exec: { command: ["timeout", String(PROBE_SECONDS), "valkey-cli", "-p", String(port), "PING"] },
      periodSeconds: 60,
      timeoutSeconds: 10,
      failureThreshold: 2,
    },
    readinessProbe: { tcpSocket: { port: kind }, periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 2 },
  };
}

/**
 * The agent, as a sidecar: it is there before the server and after it, so that it can hand its role over. Its pod is
 * ready when the server is, as the agent hears it (ready.py). The data it only looks at.
 *
 * @param readySeconds seconds between two questions whether it is
 * @param mounts besides those of every member
 * @param env besides members and numbers
 */
export function agentContainer(
  kind: "redis" | "sentinel",
  parts: MemberParts,
  readySeconds: number,
  mounts: Mount[] = [],
  env: k8s.types.input.core.v1.EnvVar[] = [],
): Container {
  return {
    name: "agent",
    image: IMAGES.python,
    // No compiled modules: there is no place for them.
    command: ["python3", "-B", "-m", "agent", kind],
    env: [
      { name: "PYTHONPATH", value: posix.dirname(AGENT_PATH) },
      { name: "REDIS_HOSTS", value: parts.redisHosts },
      { name: "SENTINEL_HOSTS", value: parts.sentinelHosts },
      ...Object.entries(AGENT_NUMBERS).map(([name, value]) => ({ name, value: String(value) })),
      ...env,
    ],
    ports: [{ name: "agent", containerPort: AGENT_PORT, protocol: "TCP" }],
    // The limit is for its start, when all is compiled and everybody waits; later it needs a thousandth of a core.
    resources: withScratch({ requests: { cpu: "10m", memory: "28Mi" }, limits: { cpu: "1000m", memory: "64Mi" } }),
    livenessProbe: {
      httpGet: { path: "/healthz", port: AGENT_PORT },
      periodSeconds: 60,
      timeoutSeconds: 10,
      failureThreshold: 3,
    },
    readinessProbe: {
      httpGet: { path: "/ready", port: AGENT_PORT },
      periodSeconds: readySeconds,
      timeoutSeconds: READINESS_SECONDS,
      failureThreshold: 2,
    },
    securityContext: containerSecurityContext(),
    volumeMounts: [
      { name: "config", mountPath: AGENT_PATH, readOnly: true },
      ...MEMBER_MOUNTS,
      { ...DATA_MOUNT, readOnly: true },
      ...mounts,
    ],
    restartPolicy: "Always",
  };
}

/** Volumes of a server's or Sentinel's pod, besides its data: the agent, passwords, scratch space. */
export function memberVolumes(config: pulumi.Input<string>, accounts: pulumi.Input<string>): Volume[] {
  return [
    { name: "config", configMap: { name: config } },
    // Only the pod's own user reads it; the group is what fsGroup gives the files.
    { name: "accounts", secret: { secretName: accounts, defaultMode: 0o440 } },
    { name: "run", emptyDir: { medium: "Memory", sizeLimit: "8Mi" } },
  ];
}

const MEMBER_MOUNTS: Mount[] = [
  { name: "accounts", mountPath: ACCOUNTS_PATH, readOnly: true },
  { name: "run", mountPath: RUN_PATH },
];

const DATA_MOUNT: Mount = { name: "data", mountPath: DATA_PATH };

/** What a server or Sentinel mounts. */
export const SERVER_MOUNTS: Mount[] = [...MEMBER_MOUNTS, DATA_MOUNT];

/** The metrics exporter beside a server or Sentinel. */
export function exporterContainer(args: string[], mounts: Mount[] = []): Container {
  const health = { httpGet: { path: "/health", port: "metrics" } };
  return {
    name: "exporter",
    image: IMAGES.redisExporter,
    command: ["redis_exporter"],
    args: [...args, `--web.listen-address=:${EXPORTER_PORT}`, "--exclude-latency-histogram-metrics"],
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

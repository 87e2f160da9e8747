import type * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import { IMAGES } from "../common/images";
import type { Labels } from "../common/labels";
import { withScratch } from "../common/resources";
import { spread } from "../common/scheduling";
import { containerSecurityContext, podSecurityContext } from "../common/security";
import type { ContainerResources } from "./args";
import type { FailoverSettings } from "./failover";
import { DATA_MOUNT, PORTS, ROLES, SOCKET_DIRECTORY } from "./names";
import {
  agentContainer,
  commonMounts,
  commonVolumes,
  dnsConfig,
  environment,
  sidecar,
  tokenMount,
  tokenVolume,
} from "./pod";
import { COLD_START_SECONDS, preStopSeconds, READ_LAG_MIB } from "./settings";

type Volume = k8s.types.input.core.v1.Volume;

/** What the database's pods depend on. */
export interface DatabasePodSettings {
  name: string;
  labels: Labels;
  image: pulumi.Input<string>;
  serviceAccount: pulumi.Input<string>;
  /** ConfigMaps with the member's configuration. */
  configs: pulumi.Input<string>[];
  /** Secrets with all passwords. */
  secrets: pulumi.Input<string>[];
  /** ConfigMaps that a member can be without: a restore's request, and the cluster's configuration. */
  comesAndGoes: string[];
  database: string;
  /** How many members there are, which a cold start waits for. */
  replicas: number;
  resources: ContainerResources;
  failover: FailoverSettings;
  antiAffinity: "required" | "preferred";
}

/** Seconds between two liveness probes. */
const LIVENESS_PERIOD = 5;

/** Seconds between two startup probes, and seconds for Patroni to answer once a cold start has let it begin. */
const STARTUP_PERIOD = 2;
const STARTUP_SECONDS = 30;

/**
 * Seconds a member may take to stop: its hook, which hands over, and then pausing the poolers, the shutdown itself and
 * the lock's change of hands, for one that still leads.
 */
export function gracePeriodSeconds(failover: FailoverSettings): number {
  return (
    preStopSeconds(failover) +
    Math.ceil(failover.pauseDeadlineMs / 1000 + failover.primaryStopTimeout + failover.retryTimeout)
  );
}

/** What the fence has to know; it runs in the agent, and beside PostgreSQL while the agent restarts. */
function cluster(settings: DatabasePodSettings): k8s.types.input.core.v1.EnvVar[] {
  return [
    { name: "CLUSTER_NAME", value: settings.name },
    { name: "REPLICAS", value: String(settings.replicas) },
  ];
}

function postgresContainer(settings: DatabasePodSettings): k8s.types.input.core.v1.Container {
  const http = (path: string) => ({ httpGet: { path, port: PORTS.patroni } });
  return {
    name: "postgres",
    image: settings.image,
    command: ["python3", "-m", "holdfast.start"],
    env: [...environment(), ...cluster(settings)],
    ports: [
      { name: "postgres", containerPort: PORTS.postgres },
      { name: "patroni", containerPort: PORTS.patroni },
    ],
    resources: withScratch(settings.resources, "1Gi"),
    securityContext: containerSecurityContext(),
    volumeMounts: [
      ...commonMounts,
      tokenMount,
      { name: "data", mountPath: DATA_MOUNT },
      { name: "sockets", mountPath: SOCKET_DIRECTORY },
      { name: "shared-memory", mountPath: "/dev/shm" },
    ],
    // A member that leads hands over before it is told to end.
    lifecycle: {
      preStop: {
        exec: {
          command: ["python3", "-S", "/opt/holdfast/hook.py", "pre-stop", String(preStopSeconds(settings.failover))],
        },
      },
    },
    startupProbe: {
      ...http("/liveness"),
      periodSeconds: STARTUP_PERIOD,
      failureThreshold: (COLD_START_SECONDS + STARTUP_SECONDS) / STARTUP_PERIOD,
    },
    // Fails only when Patroni's loop has stood still for a whole ttl: by then the lock is somebody else's.
    livenessProbe: {
      ...http("/liveness"),
      periodSeconds: LIVENESS_PERIOD,
      timeoutSeconds: 3,
      failureThreshold: Math.ceil(settings.failover.ttl / LIVENESS_PERIOD),
      terminationGracePeriodSeconds: settings.failover.primaryStopTimeout,
    },
    readinessProbe: {
      ...http(`/read-only?lag=${READ_LAG_MIB}MB`),
      periodSeconds: 3,
      timeoutSeconds: 2,
      failureThreshold: 2,
    },
  };
}

/** The pod of one member: PostgreSQL under Patroni, the agent, the exporter. */
export function databasePodSpec(settings: DatabasePodSettings): k8s.types.input.core.v1.PodSpec {
  const { labels, antiAffinity } = settings;
  const socket = { name: "sockets", mountPath: SOCKET_DIRECTORY };
  const agent = agentContainer(
    {
      image: settings.image,
      command: ["python3", "-m", "holdfast.agent"],
      env: [
        ...environment(),
        ...cluster(settings),
        { name: "DATABASE", value: settings.database },
        { name: "GUARD_MARGIN", value: String(settings.failover.guardMargin) },
        { name: "CALM_SECONDS", value: String(settings.failover.calmSeconds) },
        { name: "PAUSE_DEADLINE", value: String(settings.failover.pauseDeadlineMs / 1000) },
      ],
      // It reads pg_control of a database that doesn't run, and clears away what was kept when a member was copied
      // anew.
      volumeMounts: [...commonMounts, tokenMount, socket, { name: "data", mountPath: DATA_MOUNT }],
    },
    PORTS.agent,
  );
  const exporter = sidecar(
    {
      name: "exporter",
      image: IMAGES.postgresExporter,
      command: ["postgres_exporter"],
      args: [`--web.listen-address=:${PORTS.exporter}`, "--disable-settings-metrics"],
      // Over the pod's own socket, where the role needs no password (see hba.ts).
      env: [
        {
          name: "DATA_SOURCE_NAME",
          value: `user=${ROLES.monitoring} host=${SOCKET_DIRECTORY} dbname=${settings.database} sslmode=disable`,
        },
      ],
      volumeMounts: [socket],
    },
    PORTS.exporter,
    "/",
    { request: "24Mi", limit: "64Mi" },
  );
  const backup = sidecar(
    {
      name: "backup",
      image: settings.image,
      command: ["python3", "-m", "holdfast.backup.server", "member"],
      env: environment(),
      volumeMounts: [...commonMounts, socket, { name: "data", mountPath: DATA_MOUNT }],
    },
    PORTS.backupMetrics,
    "/healthz",
    { request: "32Mi", limit: "256Mi" },
  );
  const antiAffinityTerm = { labelSelector: { matchLabels: labels }, topologyKey: "kubernetes.io/hostname" };
  return {
    serviceAccountName: settings.serviceAccount,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurityContext(),
    terminationGracePeriodSeconds: gracePeriodSeconds(settings.failover),
    dnsConfig,
    topologySpreadConstraints: spread(labels),
    affinity: {
      podAntiAffinity:
        antiAffinity === "required"
          ? { requiredDuringSchedulingIgnoredDuringExecution: [antiAffinityTerm] }
          : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: antiAffinityTerm }] },
    },
    initContainers: [agent],
    containers: [postgresContainer(settings), exporter, backup],
    volumes: [
      ...withOptional(commonVolumes(settings.configs, settings.secrets), settings.comesAndGoes),
      tokenVolume,
      { name: "sockets", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
      // Parallel queries share memory here; a container's own default of 64 MB makes them fail.
      { name: "shared-memory", emptyDir: { medium: "Memory", sizeLimit: "256Mi" } },
    ],
  };
}

/** Lets ConfigMaps be seen among the settings that need not be there for a pod to start. */
function withOptional(volumes: Volume[], names: string[]): Volume[] {
  const added = names.map((name) => ({ configMap: { name, optional: true } }));
  return volumes.map((volume) => {
    const sources = (volume.projected as { sources?: object[] } | undefined)?.sources;
    return volume.name === "settings" && sources
      ? { ...volume, projected: { sources: [...sources, ...added] } }
      : volume;
  });
}

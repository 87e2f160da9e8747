import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { transformed, type Transform } from "../../common/component";
import type { Live } from "../../common/content";
import { IMAGES } from "../../common/images";
import { claim, podBase, setOf, TOKEN_MOUNT, TOKEN_VOLUME } from "../../common/pods";
import { withScratch } from "../../common/resources";
import { spread } from "../../common/scheduling";
import { containerSecurityContext } from "../../common/security";
import { metadataOf, type Workload } from "../../common/workload";
import { objectStoreSecrets } from "../backup-config";
import type { PostgresSettings } from "../completed";
import { DATA_CLAIM, DATA_MOUNT, PORTS, restoreNames, ROLES, SOCKET_DIRECTORY } from "../names";
import type { DatabaseServices } from "../services";
import {
  COLD_START_SECONDS,
  LIVENESS_PERIOD,
  READ_LAG_MIB,
  SETTLED_SECONDS,
  STARTUP_PERIOD,
  STARTUP_SECONDS,
} from "../settings";
import { gracePeriodSeconds, preStopSeconds } from "./stopping";
import { agentContainer, commonMounts, commonVolumes, dnsConfig, environment, sidecar } from "./shared";

type Container = k8s.types.input.core.v1.Container;
type Volume = k8s.types.input.core.v1.Volume;

/** What the members need from the other parts of the component. */
interface DatabaseParts {
  image: pulumi.Input<string>;
  services: DatabaseServices;
  account: pulumi.Input<string>;
  /** ConfigMaps with what a member reads when it starts. */
  configs: pulumi.Input<string>[];
  /** The cluster's configuration, which the agents follow. */
  dynamic: Live;
  /** The passwords, which the agents follow, too. */
  credentials: Live;
  transform?: Transform<k8s.types.input.apps.v1.StatefulSet>;
}

/** The members' StatefulSet. */
export function createMembers(
  of: Workload,
  settings: PostgresSettings,
  parts: DatabaseParts,
  parent: pulumi.Resource,
): void {
  const { services, dynamic, credentials } = parts;
  const { storage, replicas } = settings;
  const pod = memberPod(of, settings, parts);
  const set: k8s.types.input.apps.v1.StatefulSet = {
    metadata: metadataOf(of),
    spec: {
      ...setOf(of.labels, services.members.metadata.name, replicas, pod),
      minReadySeconds: SETTLED_SECONDS,
      volumeClaimTemplates: [claim(DATA_CLAIM, storage)],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: storage.retain ? "Retain" : "Delete", whenScaled: "Retain" },
    },
  };
  new k8s.apps.v1.StatefulSet(of.name, transformed(parts.transform, set), {
    parent,
    // Patroni's state lives in Endpoints of these names from the first moment on.
    dependsOn: [services.primary, dynamic.made, credentials.made],
  });
}

/** What the fence has to know; it runs in the agent, and beside PostgreSQL while the agent restarts. */
function cluster(of: Workload, { replicas }: PostgresSettings): k8s.types.input.core.v1.EnvVar[] {
  return [
    { name: "CLUSTER_NAME", value: of.name },
    { name: "REPLICAS", value: String(replicas) },
  ];
}

function postgresContainer(
  image: pulumi.Input<string>,
  { resources, failover }: PostgresSettings,
  env: k8s.types.input.core.v1.EnvVar[],
): Container {
  const http = (path: string) => ({ httpGet: { path, port: PORTS.patroni } });
  return {
    name: "postgres",
    image,
    command: ["python3", "-m", "holdfast.start"],
    env,
    ports: [
      { name: "postgres", containerPort: PORTS.postgres },
      { name: "patroni", containerPort: PORTS.patroni },
    ],
    resources: withScratch(resources, "1Gi"),
    securityContext: containerSecurityContext(),
    volumeMounts: [
      ...commonMounts,
      TOKEN_MOUNT,
      { name: DATA_CLAIM, mountPath: DATA_MOUNT },
      { name: "sockets", mountPath: SOCKET_DIRECTORY },
      { name: "shared-memory", mountPath: "/dev/shm" },
    ],
    // A member that leads hands over before it is told to end.
    lifecycle: {
      preStop: {
        exec: {
          command: ["python3", "-S", "/opt/holdfast/hook.py", "pre-stop", String(preStopSeconds(failover))],
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
      failureThreshold: Math.ceil(failover.ttl / LIVENESS_PERIOD),
      terminationGracePeriodSeconds: failover.primaryStopTimeout,
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
function memberPod(of: Workload, settings: PostgresSettings, parts: DatabaseParts): k8s.types.input.core.v1.PodSpec {
  const { labels } = of;
  const { failover, antiAffinity } = settings;
  const { image } = parts;
  const env = [...environment(), ...cluster(of, settings)];
  const socket = { name: "sockets", mountPath: SOCKET_DIRECTORY };
  const agent = agentContainer(
    {
      image,
      command: ["python3", "-m", "holdfast.agent"],
      env: [
        ...env,
        { name: "DATABASE", value: settings.database },
        { name: "GUARD_MARGIN", value: String(failover.guardMargin) },
        { name: "CALM_SECONDS", value: String(failover.calmSeconds) },
        { name: "PAUSE_DEADLINE", value: String(failover.pauseDeadlineMs / 1000) },
      ],
      // It reads pg_control of a database that doesn't run, and clears away what was kept when a member was copied
      // anew.
      volumeMounts: [...commonMounts, TOKEN_MOUNT, socket, { name: DATA_CLAIM, mountPath: DATA_MOUNT }],
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
      image,
      command: ["python3", "-m", "holdfast.backup.server", "member"],
      env: environment(),
      volumeMounts: [...commonMounts, socket, { name: DATA_CLAIM, mountPath: DATA_MOUNT }],
    },
    PORTS.backupMetrics,
    "/healthz",
    { request: "32Mi", limit: "256Mi" },
  );
  const secrets = [parts.credentials.name, ...objectStoreSecrets(settings.backup.objectStore)];
  const antiAffinityTerm = { labelSelector: { matchLabels: labels }, topologyKey: "kubernetes.io/hostname" };
  return {
    ...podBase(parts.account),
    terminationGracePeriodSeconds: gracePeriodSeconds(failover),
    dnsConfig,
    topologySpreadConstraints: spread(labels),
    affinity: {
      podAntiAffinity:
        antiAffinity === "required"
          ? { requiredDuringSchedulingIgnoredDuringExecution: [antiAffinityTerm] }
          : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: antiAffinityTerm }] },
    },
    initContainers: [agent],
    containers: [postgresContainer(image, settings, env), exporter, backup],
    volumes: [
      ...withOptional(commonVolumes(parts.configs, secrets), [parts.dynamic.name, restoreNames(of.name).wish]),
      TOKEN_VOLUME,
      { name: "sockets", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
      // Parallel queries share memory here; a container's own default of 64 MB makes them fail.
      { name: "shared-memory", emptyDir: { medium: "Memory", sizeLimit: "256Mi" } },
    ],
  };
}

/** Lets ConfigMaps be seen among the settings that a pod can start without: a restore's request, for one. */
function withOptional(volumes: Volume[], names: string[]): Volume[] {
  const added = names.map((name) => ({ configMap: { name, optional: true } }));
  return volumes.map((volume) => {
    const sources = (volume.projected as { sources?: object[] } | undefined)?.sources;
    return volume.name === "settings" && sources
      ? { ...volume, projected: { sources: [...sources, ...added] } }
      : volume;
  });
}

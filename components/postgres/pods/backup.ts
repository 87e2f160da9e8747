import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Live } from "../../common/content";
import { claim, podBase, podsOf } from "../../common/pods";
import { withScratch } from "../../common/resources";
import { containerSecurityContext } from "../../common/security";
import { metadataOf, type Workload } from "../../common/workload";
import type { BackupArgs } from "../args";
import { objectStoreSecrets } from "../backup-config";
import { PORTS, REPOSITORY_DIRECTORY, type Workloads } from "../names";
import { BACKUP_SECONDS } from "../settings";
import { commonMounts, commonVolumes, dnsConfig, environment, sidecar } from "./shared";

/** What the pods that keep and take backups need from the other parts of the component. */
export interface BackupParts {
  image: pulumi.Input<string>;
  settings: Required<Pick<BackupArgs, "schedule" | "size">> & BackupArgs;
  /** ConfigMap with `backup.json`. */
  config: pulumi.Input<string>;
  /** The agents' token and the shared secret. */
  credentials: Live;
  account: pulumi.Input<string>;
}

/**
 * CPU limit of what takes backups: the nightly job, and the repository's host, which takes one by itself when WAL is
 * missing.
 */
const BACKUP_CPU = "1";

/** The volume with the backups: its name in the pods, and of the template that it is made from. */
const REPOSITORY = "repository";
const repositoryMount = { name: REPOSITORY, mountPath: REPOSITORY_DIRECTORY };

/** What the pods of both workloads have in common. */
function backupPod({ account, config, credentials, settings }: BackupParts) {
  const secrets = [credentials.name, ...objectStoreSecrets(settings.objectStore)];
  return { ...podBase(account), dnsConfig, volumes: commonVolumes([config], secrets) };
}

/** The repository's host, which members send their WAL to. */
export function createRepository(
  of: Workload,
  serviceName: pulumi.Input<string>,
  parts: BackupParts,
  parent: pulumi.Resource,
): void {
  const server = sidecar(
    {
      name: REPOSITORY,
      image: parts.image,
      command: ["python3", "-m", "holdfast.backup.server", "repository"],
      env: environment(),
      volumeMounts: [...commonMounts, repositoryMount],
    },
    PORTS.backupMetrics,
    "/healthz",
    { request: "48Mi", limit: "384Mi" },
    BACKUP_CPU,
  );
  const ports = [
    { name: REPOSITORY, containerPort: PORTS.backupMetrics },
    { name: "backup", containerPort: PORTS.backup },
  ];
  const pod = { ...backupPod(parts), containers: [{ ...server, ports }], terminationGracePeriodSeconds: 30 };
  const spec = {
    serviceName,
    replicas: 1,
    ...podsOf(of.labels, pod),
    volumeClaimTemplates: [claim(REPOSITORY, parts.settings)],
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
  };
  const opts = { parent, dependsOn: [parts.credentials.made] };
  new k8s.apps.v1.StatefulSet(of.name, { metadata: metadataOf(of), spec }, opts);
}

/** The CronJob that takes backups; where the repository is a volume, on the node that has it. */
export function createBackupJob(of: Workloads, parts: BackupParts, parent: pulumi.Resource): void {
  const { settings } = parts;
  const { name, labels: repository } = of.repository;
  const metadata = metadataOf(of.job, name);
  const onVolume = !settings.objectStore;
  const base = backupPod(parts);
  // The repository's volume can be mounted on one node only.
  const besideRepository = [{ labelSelector: { matchLabels: repository }, topologyKey: "kubernetes.io/hostname" }];
  const pod = {
    ...base,
    restartPolicy: "Never",
    ...(onVolume && {
      affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: besideRepository } },
    }),
    containers: [
      {
        name: "backup",
        image: parts.image,
        command: ["python3", "-m", "holdfast.backup.job", "full"],
        env: environment(),
        resources: withScratch({
          requests: { cpu: "50m", memory: "64Mi" },
          limits: { cpu: BACKUP_CPU, memory: "256Mi" },
        }),
        securityContext: containerSecurityContext(),
        volumeMounts: [...commonMounts, ...(onVolume ? [repositoryMount] : [])],
      },
    ],
    volumes: [
      ...base.volumes,
      ...(onVolume ? [{ name: REPOSITORY, persistentVolumeClaim: { claimName: `${REPOSITORY}-${name}-0` } }] : []),
    ],
  };
  const { labels } = metadata;
  const spec = {
    schedule: settings.schedule,
    timeZone: "Etc/UTC",
    concurrencyPolicy: "Forbid",
    startingDeadlineSeconds: 3600,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 3,
    jobTemplate: {
      metadata: { labels },
      spec: {
        backoffLimit: 0,
        activeDeadlineSeconds: BACKUP_SECONDS,
        ttlSecondsAfterFinished: 7 * 24 * 3600,
        template: { metadata: { labels }, spec: pod },
      },
    },
  };
  new k8s.batch.v1.CronJob(name, { metadata, spec }, { parent, dependsOn: [parts.credentials.made] });
}

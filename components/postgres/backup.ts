import * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";
import type { Live } from "../common/content";
import { allLabels, selectorLabels } from "../common/labels";
import { networkPolicy, type Endpoint, type Peer } from "../common/network";
import { withScratch } from "../common/resources";
import { containerSecurityContext, podSecurityContext } from "../common/security";
import type { BackupArgs } from "./args";
import { objectStoreEdges, repositoryName } from "./backup-settings";
import { PORTS, REPOSITORY_DIRECTORY } from "./names";
import { commonMounts, commonVolumes, dnsConfig, environment, sidecar } from "./pod";
import { BACKUP_SECONDS } from "./settings";

/** Arguments of {@link PostgresBackup}. */
export interface PostgresBackupArgs {
  namespace: pulumi.Input<string>;
  image: pulumi.Input<string>;
  /** The database component's name. */
  cluster: string;
  settings: Required<Pick<BackupArgs, "schedule" | "size">> & BackupArgs;
  /** ConfigMap with `backup.json`. */
  config: pulumi.Input<string>;
  /** The agents' token and the shared secret. */
  credentials: Live;
  /** Secrets with the keys of an object store. */
  objectStoreSecrets: string[];
  serviceAccount: pulumi.Input<string>;
  /** The members' pgBackRest servers. */
  database: Endpoint;
  scrapedBy: Peer[];
}

/**
 * CPU limit of what takes backups: the nightly job, and the repository's host, which takes one by itself when WAL is
 * missing.
 */
const BACKUP_CPU = "1";

/**
 * Labels of the pods that take backups: their own, so that no Service, budget or policy of another workload takes them
 * for its own.
 */
export const backupJobLabels = (name: string) => selectorLabels(`${repositoryName(name)}-job`, "backup");

/** Labels of the repository's host. */
export const repositoryLabels = (name: string) => selectorLabels(repositoryName(name), "backup");

/** A CronJob that takes backups, and unless they go to an object store, the host of their volume. */
export class PostgresBackup extends pulumi.ComponentResource {
  /** The repository's host, which members send their WAL to; undefined with an object store. */
  public readonly repository?: Endpoint;

  constructor(name: string, args: PostgresBackupArgs, opts: pulumi.ComponentResourceOptions) {
    super("holdfast:index:PostgresBackup", name, {}, opts);
    const labels = repositoryLabels(args.cluster);
    const onVolume = args.settings.objectStore === undefined;
    if (onVolume) {
      this.createRepository(name, labels, args);
      this.repository = { namespace: args.namespace, labels, ports: [PORTS.backup] };
    }
    this.createCronJob(name, labels, args, onVolume);
    this.registerOutputs({});
  }

  private createRepository(name: string, labels: Record<string, string>, args: PostgresBackupArgs): void {
    const { namespace, settings } = args;
    const parent = { parent: this };
    const metadata = { name, namespace, labels: allLabels(labels) };
    const service = new k8s.core.v1.Service(
      name,
      {
        metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: { selector: labels, ports: [{ name: "backup", port: PORTS.backup }] },
      },
      parent,
    );
    const server = sidecar(
      {
        name: "repository",
        image: args.image,
        command: ["python3", "-m", "holdfast.backup.server", "repository"],
        env: environment(),
        volumeMounts: [...commonMounts, { name: "repository", mountPath: REPOSITORY_DIRECTORY }],
      },
      PORTS.backupMetrics,
      "/healthz",
      { request: "48Mi", limit: "384Mi" },
      BACKUP_CPU,
    );
    const ports = [
      { name: "repository", containerPort: PORTS.backupMetrics },
      { name: "backup", containerPort: PORTS.backup },
    ];
    new k8s.apps.v1.StatefulSet(
      name,
      {
        metadata,
        spec: {
          serviceName: service.metadata.name,
          replicas: 1,
          selector: { matchLabels: labels },
          persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
          volumeClaimTemplates: [
            {
              metadata: { name: "repository" },
              spec: {
                accessModes: ["ReadWriteOnce"],
                storageClassName: settings.className,
                resources: { requests: { storage: settings.size } },
              },
            },
          ],
          template: {
            metadata: { labels: allLabels(labels) },
            spec: { ...this.podBase(args), containers: [{ ...server, ports }], terminationGracePeriodSeconds: 30 },
          },
        },
      },
      { ...parent, dependsOn: [args.credentials.made] },
    );
    new k8s.networking.v1.NetworkPolicy(
      name,
      networkPolicy(metadata, labels, {
        ingress: [
          { from: args.database, ports: [PORTS.backup] },
          ...args.scrapedBy.map((from) => ({ from, ports: [PORTS.backupMetrics] })),
        ],
        egress: [args.database],
      }),
      parent,
    );
  }

  private createCronJob(
    name: string,
    repository: Record<string, string>,
    args: PostgresBackupArgs,
    onVolume: boolean,
  ): void {
    const { namespace, settings } = args;
    const labels = backupJobLabels(args.cluster);
    const metadata = { name, namespace, labels: allLabels(labels) };
    const policyName = `${name}-job`;
    const mounts = onVolume ? [{ name: "repository", mountPath: REPOSITORY_DIRECTORY }] : [];
    const base = this.podBase(args);
    new k8s.batch.v1.CronJob(
      name,
      {
        metadata,
        spec: {
          schedule: settings.schedule,
          timeZone: "Etc/UTC",
          concurrencyPolicy: "Forbid",
          startingDeadlineSeconds: 3600,
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 3,
          jobTemplate: {
            metadata: { labels: allLabels(labels) },
            spec: {
              backoffLimit: 0,
              activeDeadlineSeconds: BACKUP_SECONDS,
              ttlSecondsAfterFinished: 7 * 24 * 3600,
              template: {
                metadata: { labels: allLabels(labels) },
                spec: {
                  ...base,
                  restartPolicy: "Never",
                  // The repository's volume can be mounted on one node only.
                  ...(onVolume
                    ? {
                        affinity: {
                          podAffinity: {
                            requiredDuringSchedulingIgnoredDuringExecution: [
                              { labelSelector: { matchLabels: repository }, topologyKey: "kubernetes.io/hostname" },
                            ],
                          },
                        },
                      }
                    : {}),
                  containers: [
                    {
                      name: "backup",
                      image: args.image,
                      command: ["python3", "-m", "holdfast.backup.job", "full"],
                      env: environment(),
                      resources: withScratch({
                        requests: { cpu: "50m", memory: "64Mi" },
                        limits: { cpu: BACKUP_CPU, memory: "256Mi" },
                      }),
                      securityContext: containerSecurityContext(),
                      volumeMounts: [...commonMounts, ...mounts],
                    },
                  ],
                  volumes: [
                    ...base.volumes,
                    ...(onVolume
                      ? [{ name: "repository", persistentVolumeClaim: { claimName: `repository-${name}-0` } }]
                      : []),
                  ],
                },
              },
            },
          },
        },
      },
      { parent: this, dependsOn: [args.credentials.made] },
    );
    const edges = { egress: [args.database], outside: objectStoreEdges(settings.objectStore) };
    new k8s.networking.v1.NetworkPolicy(policyName, networkPolicy({ ...metadata, name: policyName }, labels, edges), {
      parent: this,
    });
  }

  /** What the pods of both workloads have in common. */
  private podBase(args: PostgresBackupArgs) {
    return {
      serviceAccountName: args.serviceAccount,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: podSecurityContext(),
      dnsConfig,
      volumes: commonVolumes([args.config], [args.credentials.name, ...args.objectStoreSecrets]),
    };
  }
}

import type * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";
import { transformed, type Transform } from "../common/component";
import type { Live } from "../common/content";
import { allLabels } from "../common/labels";
import { networkPolicy, type Endpoint, type Peer } from "../common/network";
import type { OutsideEdge } from "../common/outside";
import { objectStoreEdges } from "./backup-settings";
import { databasePodSpec } from "./database-pod";
import { DATA_CLAIM, databaseLabels, PORTS, restoreNames } from "./names";
import type { DatabaseServices } from "./services";
import type { PostgresSettings } from "./completed";

/** What the members' workload depends on besides the settings. */
export interface MembersArgs {
  namespace: pulumi.Input<string>;
  image: pulumi.Input<string>;
  services: DatabaseServices;
  serviceAccount: pulumi.Input<string>;
  /** ConfigMaps with what a member reads when it starts. */
  configs: pulumi.Input<string>[];
  /** The cluster's configuration, which the agents follow. */
  dynamic: Live;
  /** The passwords, which the agents follow, too. */
  credentials: Live;
  objectStoreSecrets: string[];
  /** The poolers: they call the database, and its agents call theirs. */
  poolers: Endpoint[];
  /** Pods that take backups, through the members' pgBackRest. */
  backups: Peer[];
  /** Where WAL is sent, unless to an object store. */
  repository?: Endpoint;
  /** What they call outside of the cluster besides an object store. */
  outside: OutsideEdge[];
  scrapedBy: Peer[];
  transform?: Transform<k8s.types.input.apps.v1.StatefulSet>;
}

/** Creates the members: StatefulSet, disruption budget and network policy. */
export function createMembers(
  name: string,
  settings: PostgresSettings,
  args: MembersArgs,
  parent: pulumi.Resource,
): void {
  const labels = databaseLabels(name);
  const metadata = { name, namespace: args.namespace, labels: allLabels(labels) };
  const { storage } = settings;
  const statefulSet: k8s.types.input.apps.v1.StatefulSet = {
    metadata,
    spec: {
      serviceName: args.services.members.metadata.name,
      replicas: settings.replicas,
      podManagementPolicy: "Parallel",
      // Time for the quorum to take a member back in before the next one leaves.
      minReadySeconds: 5,
      selector: { matchLabels: labels },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: storage.retain ? "Retain" : "Delete", whenScaled: "Retain" },
      volumeClaimTemplates: [
        {
          metadata: { name: DATA_CLAIM },
          spec: {
            accessModes: ["ReadWriteOnce"],
            storageClassName: storage.className,
            resources: { requests: { storage: storage.size } },
          },
        },
      ],
      template: {
        metadata: { labels: allLabels(labels) },
        spec: databasePodSpec({
          name,
          labels,
          image: args.image,
          serviceAccount: args.serviceAccount,
          configs: args.configs,
          secrets: [args.credentials.name, ...args.objectStoreSecrets],
          comesAndGoes: [args.dynamic.name, restoreNames(name).wish],
          replicas: settings.replicas,
          database: settings.database,
          resources: settings.resources,
          failover: settings.failover,
          antiAffinity: settings.antiAffinity,
        }),
      },
    },
  };
  new k8s.apps.v1.StatefulSet(name, transformed(args.transform, statefulSet), {
    parent,
    // Patroni's state lives in Endpoints of these names from the first moment on.
    dependsOn: [args.services.primary, args.dynamic.made, args.credentials.made],
  });
  new k8s.policy.v1.PodDisruptionBudget(
    name,
    {
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: labels }, unhealthyPodEvictionPolicy: "AlwaysAllow" },
    },
    { parent },
  );

  const self: Endpoint = { namespace: args.namespace, labels, ports: [PORTS.postgres, PORTS.patroni, PORTS.agent] };
  // The member reports on the backups only where no repository host does.
  const metricsPorts = [PORTS.patroni, PORTS.exporter, PORTS.agent, ...(args.repository ? [] : [PORTS.backupMetrics])];
  new k8s.networking.v1.NetworkPolicy(
    name,
    networkPolicy(metadata, labels, {
      ingress: [
        { from: self, ports: self.ports },
        ...args.poolers.map((from) => ({ from, ports: [PORTS.postgres, PORTS.patroni] })),
        ...args.backups.map((from) => ({ from, ports: [PORTS.backup] })),
        ...args.scrapedBy.map((from) => ({ from, ports: metricsPorts })),
      ],
      egress: [self, ...args.poolers, ...(args.repository ? [args.repository] : [])],
      apiServer: true,
      outside: [...objectStoreEdges(settings.backup.objectStore), ...args.outside],
    }),
    { parent },
  );
}

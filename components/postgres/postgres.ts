import * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";
import { CHECKSUM_ANNOTATION, checksum } from "../common/checksum";
import { transformed, type Transform } from "../common/component";
import { allLabels } from "../common/labels";
import { networkPolicySpec, type Endpoint } from "../common/network";
import type { Observability } from "../common/observability";
import { DEFAULT_RESOURCES, type PoolerArgs, type PostgresArgs } from "./args";
import { databasePodSpec } from "./database-pod";
import { failoverSettings } from "./failover";
import { databaseLabels, POOLER_PORTS, poolerLabels, PORTS } from "./names";
import { postgresObservability } from "./observability";
import { dynamicConfig, memberConfig, type PatroniSettings } from "./patroni-config";
import { PostgresPooler } from "./pooler";
import { checkConnectionBudget } from "./pooler-config";
import { createServiceAccount, databaseRules, poolerRules } from "./rbac";
import { createCredentials } from "./secrets";
import { createDatabaseServices } from "./services";

/** Connections that no pool may count on: reserved ones, the agents' and the exporters'. */
const RESERVED_CONNECTIONS = 16;

/**
 * PostgreSQL with automatic failover: members under Patroni with quorum replication, a pooler in front of the primary and
 * one in front of the standbys.
 */
export class Postgres extends pulumi.ComponentResource {
  /** Where writes go: `address:port` of each pooler pod, comma-separated. */
  public readonly writeHosts: pulumi.Output<string>;
  /** Where reads may go. */
  public readonly readHosts: pulumi.Output<string>;
  /** What callers talk to: both poolers. */
  public readonly endpoints: Endpoint[];
  /** Secret with key `password`, the application role's. */
  public readonly appSecretName: pulumi.Output<string>;
  /** Secret with key `owner-password`, the schema owner's. */
  public readonly ownerSecretName: pulumi.Output<string>;
  public readonly database: string;
  public readonly observability: Observability;

  constructor(name: string, args: PostgresArgs, opts: pulumi.ComponentResourceOptions) {
    super("holdfast:index:Postgres", name, {}, opts);
    const { namespace, image } = args;
    const replicas = args.replicas ?? 3;
    const storage = { size: "5Gi", retain: true, ...args.storage };
    const resources = args.resources ?? DEFAULT_RESOURCES;
    const failover = failoverSettings(args.failover);
    const maxConnections = args.maxConnections ?? 100;
    const pools = {
      write: { replicas: 2, poolSize: 20, maxClientConnections: 500, ...args.pooler },
      read: { replicas: 2, poolSize: 20, maxClientConnections: 500, ...args.readPooler },
    };
    const writeName = `${name}-pooler`;
    const readName = `${name}-pooler-ro`;
    checkConnectionBudget([
      { name: writeName, pods: pools.write.replicas, poolSize: pools.write.poolSize },
      { name: readName, pods: pools.read.replicas, poolSize: pools.read.poolSize },
    ], maxConnections, RESERVED_CONNECTIONS);

    this.database = args.database ?? "online_shop";
    const labels = databaseLabels(name);
    const parent = { parent: this };
    const metadata = { namespace, labels: allLabels(labels) };
    const patroni: PatroniSettings = {
      name, database: this.database, replicas, durability: args.durability ?? "required", failover, maxConnections,
      memory: resources.limits.memory, storage: storage.size, parameters: args.parameters ?? {},
    };

    const credentials = createCredentials(name, namespace, this);
    const services = createDatabaseServices(name, namespace, labels, this);
    const account = createServiceAccount(name, namespace, labels, databaseRules(name), this);

    // Two ConfigMaps: a change of the first needs new pods; a change of the second reaches the running cluster by its agent.
    const memberFiles = { "member.json": JSON.stringify(memberConfig(patroni), null, 2) };
    const configMap = (suffix: string, data: Record<string, string>) =>
      new k8s.core.v1.ConfigMap(`${name}-${suffix}`, { metadata: { ...metadata, name: `${name}-${suffix}` }, data }, parent);
    const memberMap = configMap("member", memberFiles);
    const settingsMap = configMap("settings", { "dynamic.json": JSON.stringify(dynamicConfig(patroni), null, 2) });

    const statefulSet: k8s.types.input.apps.v1.StatefulSet = {
      metadata: { ...metadata, name },
      spec: {
        serviceName: services.members.metadata.name,
        replicas,
        podManagementPolicy: "Parallel",
        // Time for the quorum to take a member back in before the next one leaves.
        minReadySeconds: 5,
        selector: { matchLabels: labels },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: storage.retain ? "Retain" : "Delete", whenScaled: "Retain" },
        volumeClaimTemplates: [{
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], storageClassName: storage.className, resources: { requests: { storage: storage.size } } },
        }],
        template: {
          metadata: { labels: allLabels(labels), annotations: { [CHECKSUM_ANNOTATION]: checksum(memberFiles) } },
          spec: databasePodSpec({
            name, labels, image, resources, failover, database: this.database, antiAffinity: args.antiAffinity ?? "required",
            serviceAccount: account.metadata.name,
            credentials: credentials.all.metadata.name,
            configs: [memberMap.metadata.name, settingsMap.metadata.name],
          }),
        },
      },
    };
    new k8s.apps.v1.StatefulSet(name, transformed(args.transform?.statefulSet, statefulSet), {
      parent: this,
      // Patroni's state lives in Endpoints of these names from the first moment on.
      dependsOn: [services.primary, account],
    });
    new k8s.policy.v1.PodDisruptionBudget(name, {
      metadata: { ...metadata, name },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels }, unhealthyPodEvictionPolicy: "AlwaysAllow" },
    }, parent);

    const self: Endpoint = { namespace, labels, ports: [PORTS.postgres, PORTS.patroni, PORTS.agent] };
    const poolers = [writeName, readName].map((pooler): Endpoint => ({ namespace, labels: poolerLabels(pooler), ports: [POOLER_PORTS.agent] }));
    new k8s.networking.v1.NetworkPolicy(name, {
      metadata: { ...metadata, name },
      spec: networkPolicySpec(labels, {
        ingress: [
          { from: self, ports: self.ports },
          ...poolers.map((from) => ({ from, ports: [PORTS.postgres, PORTS.patroni] })),
          ...(args.scrapedBy ?? []).map((from) => ({ from, ports: [PORTS.patroni, PORTS.exporter, PORTS.agent] })),
        ],
        egress: [self, ...poolers],
        apiServer: true,
      }),
    }, parent);

    const poolerAccount = createServiceAccount(writeName, namespace, poolerLabels(writeName), poolerRules(name), this);
    const pooler = (poolerName: string, target: "primary" | "replicas", size: Required<PoolerArgs>, transform?: Transform<k8s.types.input.apps.v1.StatefulSet>) =>
      new PostgresPooler(poolerName, {
        namespace, image, target, transform, cluster: name, replicas: size.replicas,
        settings: { database: this.database, failover, poolSize: size.poolSize, maxClientConnections: size.maxClientConnections },
        primaryAddress: services.primary.spec.clusterIP,
        credentials: credentials.pooler.metadata.name,
        serviceAccount: poolerAccount.metadata.name,
        database: { namespace, labels, ports: [PORTS.postgres, PORTS.patroni] },
        clients: args.clients ?? [],
        scrapedBy: args.scrapedBy ?? [],
      }, parent);
    const write = pooler(writeName, "primary", pools.write, args.transform?.pooler);
    const read = pooler(readName, "replicas", pools.read, args.transform?.readPooler);

    this.writeHosts = write.hosts;
    this.readHosts = read.hosts;
    this.endpoints = [write.endpoint, read.endpoint];
    this.appSecretName = credentials.app.metadata.name;
    this.ownerSecretName = credentials.owner.metadata.name;
    this.observability = postgresObservability(name, namespace);
    this.registerOutputs({
      writeHosts: this.writeHosts, readHosts: this.readHosts, appSecretName: this.appSecretName, ownerSecretName: this.ownerSecretName,
    });
  }
}

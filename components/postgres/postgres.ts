import * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import type { Transform } from "../common/component";
import { readAtStart, readLive } from "../common/content";
import { allLabels } from "../common/labels";
import type { Endpoint, Peer } from "../common/network";
import type { Observability } from "../common/observability";
import { owned } from "../common/ownership";
import type { PostgresArgs } from "./args";
import { backupJobLabels, PostgresBackup, repositoryLabels } from "./backup";
import { repositoryName } from "./backup-settings";
import { connectionTo, type Connection } from "./connection";
import { createMembers } from "./members";
import { databaseLabels, dynamicName, POOLER_PORTS, poolerLabels, PORTS } from "./names";
import { postgresObservability } from "./observability";
import { PostgresPooler } from "./pooler";
import { createServiceAccount, databaseRules, poolerRules } from "./rbac";
import { createCredentials } from "./secrets";
import { createDatabaseServices } from "./services";
import { postgresSettings, type PoolerSize } from "./completed";

/**
 * PostgreSQL with automatic failover: members under Patroni with quorum replication, a pooler in front of the primary
 * and one in front of the standbys, and backups.
 */
export class Postgres extends pulumi.ComponentResource {
  /** Where writes go: `address:port` of each pooler pod, comma-separated. */
  public readonly writeHosts: pulumi.Output<string>;
  /** Where reads may go. */
  public readonly readHosts: pulumi.Output<string>;
  /** The same in the forms that drivers read, and what a client that writes has to be allowed. */
  public readonly write: Connection;
  /** The same for reads. */
  public readonly read: Connection;
  /** What callers of all poolers talk to. */
  public readonly endpoints: Endpoint[];
  /** Who the application logs in as: with each password generation another name for the role `app`. */
  public readonly appUser: string;
  /** Who migrations log in as, the schema's owner. */
  public readonly ownerUser: string;
  /**
   * Secret with keys `username` and `password`, the application's; another name for each generation, so that what names
   * it rolls. The one before stays until the generation after.
   */
  public readonly appSecretName: pulumi.Output<string>;
  /** The same for the schema's owner: keys `owner-username` and `owner-password`. */
  public readonly ownerSecretName: pulumi.Output<string>;
  /** Name of the application's database. */
  public readonly database: string;
  /** What Prometheus should scrape, alert on and show. */
  public readonly observability: Observability;

  constructor(name: string, args: PostgresArgs, opts: pulumi.ComponentResourceOptions) {
    super("holdfast:index:Postgres", name, {}, owned(opts));
    const { namespace, image } = args;
    const settings = postgresSettings(name, args);
    const scrapedBy = args.scrapedBy ?? [];
    const labels = databaseLabels(name);
    const parent = { parent: this };

    const credentials = createCredentials(name, namespace, settings.passwordGeneration, this);
    const services = createDatabaseServices(name, namespace, labels, this);
    const account = createServiceAccount(name, namespace, labels, databaseRules(name), this);
    const content = (data: Record<string, string>) => ({ namespace, labels: allLabels(labels), data });
    const member = readAtStart(`${name}-member`, content(settings.memberFiles), parent);
    const backup = readAtStart(`${name}-backup`, content(settings.backupFiles), parent);
    // Must not roll the pods: the leader's agent brings the running cluster to it.
    const dynamic = readLive(dynamicName(name), content(settings.settingsFiles), parent);

    const { objectStore } = settings.backup;
    const objectStoreSecrets = objectStore ? [objectStore.secretName] : [];
    const poolerNames = { write: `${name}-pooler`, ...(settings.read && { read: `${name}-pooler-ro` }) };
    createMembers(
      name,
      settings,
      {
        namespace,
        image,
        services,
        scrapedBy,
        serviceAccount: account.metadata.name,
        configs: [member, backup],
        dynamic,
        credentials: credentials.all,
        objectStoreSecrets,
        poolers: Object.values(poolerNames).map((pooler) => ({
          namespace,
          labels: poolerLabels(pooler),
          ports: [POOLER_PORTS.agent],
        })),
        backups: [
          { namespace, labels: backupJobLabels(name) },
          ...(objectStore ? [] : [{ namespace, labels: repositoryLabels(name) }]),
        ],
        repository: objectStore ? undefined : { namespace, labels: repositoryLabels(name), ports: [PORTS.backup] },
        outside: args.outside ?? [],
        transform: args.transform?.statefulSet,
      },
      this,
    );

    const poolerAccount = createServiceAccount(
      poolerNames.write,
      namespace,
      poolerLabels(poolerNames.write),
      poolerRules(name),
      this,
    );
    const pooler = (
      poolerName: string,
      target: "primary" | "replicas",
      size: PoolerSize,
      clients: Peer[] = args.clients ?? [],
      transform?: Transform<k8s.types.input.apps.v1.StatefulSet>,
    ) =>
      new PostgresPooler(
        poolerName,
        {
          namespace,
          image,
          target,
          transform,
          scrapedBy,
          cluster: name,
          replicas: size.replicas,
          settings: { database: settings.database, failover: settings.failover, ...size },
          primaryAddress: services.primary.spec.clusterIP,
          credentials: credentials.pooler,
          serviceAccount: poolerAccount.metadata.name,
          database: { namespace, labels, ports: [PORTS.postgres, PORTS.patroni] },
          clients,
        },
        parent,
      );
    const write = pooler(poolerNames.write, "primary", settings.write, args.pooler?.clients, args.transform?.pooler);
    const readers = args.readPooler ? args.readPooler.clients : undefined;
    const read =
      settings.read && poolerNames.read
        ? pooler(poolerNames.read, "replicas", settings.read, readers, args.transform?.readPooler)
        : write;

    // An account without any right: the backups' pods never call the API.
    const backupAccount = createServiceAccount(repositoryName(name), namespace, repositoryLabels(name), [], this);
    new PostgresBackup(
      repositoryName(name),
      {
        namespace,
        image,
        scrapedBy,
        cluster: name,
        settings: settings.backup,
        config: backup,
        credentials: credentials.backup,
        objectStoreSecrets,
        serviceAccount: backupAccount.metadata.name,
        database: { namespace, labels, ports: [PORTS.backup] },
      },
      parent,
    );

    this.database = settings.database;
    this.appUser = credentials.app.user;
    this.ownerUser = credentials.owner.user;
    this.appSecretName = credentials.app.secret;
    this.ownerSecretName = credentials.owner.secret;
    this.writeHosts = write.hosts;
    this.readHosts = read.hosts;
    this.write = connectionTo(write.addresses, this.database, this.appUser, write.endpoint);
    this.read = connectionTo(read.addresses, this.database, this.appUser, read.endpoint);
    this.endpoints = [...new Set([write.endpoint, read.endpoint])];
    this.observability = postgresObservability(name, namespace, Object.values(poolerNames), {
      replicas: settings.replicas,
      maxConnections: settings.maxConnections,
      onVolume: objectStore === undefined,
    });
    this.registerOutputs({
      writeHosts: this.writeHosts,
      readHosts: this.readHosts,
      appUser: this.appUser,
      appSecretName: this.appSecretName,
      ownerUser: this.ownerUser,
      ownerSecretName: this.ownerSecretName,
    });
  }
}

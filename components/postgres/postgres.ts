import * as pulumi from "@pulumi/pulumi";
import { readAtStart, readLive } from "../common/content";
import type { Endpoint, Peer } from "../common/network";
import type { Observability } from "../common/observability";
import { owned } from "../common/ownership";
import { createAccount, createBudget, createPolicy, metadataOf, type Workload } from "../common/workload";
import { databaseEdges, databaseRules, poolerRules } from "./access";
import type { PostgresArgs } from "./args";
import { createBackup } from "./backup";
import { postgresSettings, type PoolerSize } from "./completed";
import { addressesOf } from "../common/addresses";
import { connectionTo, type Connection } from "./connection";
import { dynamicName, workloadsOf } from "./names";
import { postgresObservability } from "./observability";
import { createMembers } from "./pods/database";
import type { PoolerParts } from "./pods/pooler";
import { createPooler } from "./pooler";
import { createLogins, type DatabaseLogins } from "./database-logins";
import { createCredentials, type Login } from "./secrets";
import { createDatabaseServices } from "./services";

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
  /** The application's log-in with everything that a driver reads, in one Secret. */
  public readonly app: Login;
  /** The same for migrations: the schema's owner. */
  public readonly owner: Login;
  /** The log-ins of every database, by its name; the application's own is among them. */
  public readonly databases: Record<string, DatabaseLogins>;
  /** The log-ins of `roles`, by their names; the database in them is the first that the role reads. */
  public readonly roles: Record<string, Login>;
  /** Name of the application's database. */
  public readonly database: string;
  /** What Prometheus should scrape, alert on and show. */
  public readonly observability: Observability;

  constructor(name: string, args: PostgresArgs, opts: pulumi.ComponentResourceOptions) {
    super("holdfast:index:Postgres", name, {}, owned(opts));
    const { image, outside = [], clients = [], scrapedBy = [], transform = {} } = args;
    const settings = postgresSettings(name, args);
    const { objectStore } = settings.backup;
    const of = workloadsOf(name, args.namespace);
    const poolers = settings.read ? [of.write, of.read] : [of.write];

    const credentials = createCredentials(of.database, settings, this);
    const services = createDatabaseServices(of.database, this);
    const account = createAccount(of.database, this, databaseRules(name));
    const { namespace, labels } = metadataOf(of.database);
    const content = (data: Record<string, string>) => ({ namespace, labels, data });
    const member = readAtStart(`${name}-member`, content(settings.memberFiles), { parent: this });
    const backup = readAtStart(`${name}-backup`, content(settings.backupFiles), { parent: this });
    // Must not roll the pods: the leader's agent brings the running cluster to it.
    const dynamic = readLive(dynamicName(name), content(settings.settingsFiles), { parent: this });

    createMembers(
      of.database,
      settings,
      {
        image,
        services,
        account,
        dynamic,
        configs: [member, backup],
        credentials: credentials.all,
        transform: transform.statefulSet,
      },
      this,
    );
    createBudget(of.database, this);
    createPolicy(of.database, databaseEdges(of, poolers, objectStore, outside, scrapedBy), this);

    const shared = {
      image,
      scrapedBy,
      primaryAddress: services.primary.spec.clusterIP,
      credentials: credentials.pooler,
      account: createAccount(of.write, this, poolerRules(name)),
    };
    const { database, declared, failover } = settings;
    const pooler = (own: Workload, size: PoolerSize, how: Pick<PoolerParts, "target" | "transform">, clients: Peer[]) =>
      createPooler(own, of, { ...shared, ...how, clients, settings: { ...size, ...declared, failover } }, this);
    const writers = args.pooler?.clients ?? clients;
    const write = pooler(of.write, settings.write, { target: "primary", transform: transform.pooler }, writers);
    const readers = (args.readPooler ? args.readPooler.clients : undefined) ?? clients;
    const read = settings.read
      ? pooler(of.read, settings.read, { target: "replicas", transform: transform.readPooler }, readers)
      : write;

    // An account without any right: the backups' pods never call the API.
    const backupAccount = createAccount(of.repository, this);
    const backups = { image, scrapedBy, settings: settings.backup, config: backup, account: backupAccount };
    createBackup(of, { ...backups, credentials: credentials.backup }, this);

    this.database = database;
    this.appUser = credentials.app.user;
    this.ownerUser = credentials.owner.user;
    this.appSecretName = credentials.app.secret;
    this.ownerSecretName = credentials.owner.secret;
    this.writeHosts = write.hosts;
    this.readHosts = read.hosts;
    this.write = connectionTo(write.addresses, this.database, this.appUser, write.endpoint);
    this.read = connectionTo(read.addresses, this.database, this.appUser, read.endpoint);
    this.endpoints = [...new Set([write.endpoint, read.endpoint])];
    const to = { write: addressesOf(write.addresses), read: addressesOf(read.addresses) };
    const logins = createLogins(of.database, declared, credentials.of, to, this);
    this.databases = logins.databases;
    this.roles = logins.roles;
    this.app = this.databases[database]!.app;
    this.owner = this.databases[database]!.owner;
    this.observability = postgresObservability(of, poolers, { ...settings, onVolume: objectStore === undefined });
    this.registerOutputs({
      writeHosts: this.writeHosts,
      readHosts: this.readHosts,
      appUser: this.appUser,
      appSecretName: this.appSecretName,
      ownerUser: this.ownerUser,
      ownerSecretName: this.ownerSecretName,
      app: this.app,
      owner: this.owner,
    });
  }
}

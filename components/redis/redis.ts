import * as pulumi from "@pulumi/pulumi";
import { addressesOf } from "../common/addresses";
import { allLabels } from "../common/labels";
import type { Endpoint } from "../common/network";
import type { Observability } from "../common/observability";
import { owned } from "../common/ownership";
import { createGuards, createPointerRights } from "./access";
import type { RedisArgs } from "./args";
import { redisSettings } from "./completed";
import { members, PRIMARY_NAME, REDIS_PORT, SENTINEL_PORT } from "./names";
import { redisObservability } from "./observability";
import { createSentinels } from "./pods/sentinel";
import { createServers } from "./pods/server";
import { createAccounts, createConnection } from "./secrets";
import { addressList, createAddresses, createPrimaryService } from "./services";
import { SENTINELS } from "./settings";

/**
 * A Redis (Valkey) that fails over by itself: one primary and its replicas, watched by three Sentinels.
 *
 * Every member is known by the fixed address of a Service of its own. A planned stop hands the primary's role over
 * first, in a coordinated failover; a lost primary is replaced after two seconds of silence. Writes are acknowledged
 * only while a replica follows.
 */
export class Redis extends pulumi.ComponentResource {
  /** The Sentinels, as `address:26379` separated by commas. */
  readonly sentinels: pulumi.Output<string>;
  /** Where the primary answers, for clients that know no Sentinel: the address of a Service that follows it. */
  readonly primaryHost: pulumi.Output<string>;
  /** The name the Sentinels know the primary by. */
  readonly primaryName = PRIMARY_NAME;
  /** Secret with the clients' `password`; another name for each generation of it, so that what names it rolls. */
  readonly authSecretName: pulumi.Output<string>;
  /**
   * Secret with everything that a client reads: `password`, `host`, `port`, `url` (`redis://:…@host:6379/0`) and
   * `sentinel-url` (`sentinel://:…@a:26379;sentinel://:…@b:26379`, as Celery reads it, with `primaryName` beside it). It
   * has another name for each content, so that what names it rolls.
   */
  readonly connectionSecretName: pulumi.Output<string>;
  /** The same password, a secret, for a Secret of a client in another namespace. */
  readonly password: pulumi.Output<string>;
  /** The servers, for callers' network policies. */
  readonly endpoint: Endpoint;
  /** The Sentinels, for callers' network policies. */
  readonly sentinelEndpoint: Endpoint;
  /** Both: a client of a Sentinel has to reach whichever server it is sent to. */
  readonly endpoints: Endpoint[];
  /** What to scrape, alert on and show. */
  readonly observability: Observability;

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:index:Redis", name, {}, owned(opts));
    const child = { parent: this };
    const settings = redisSettings(args);
    const { namespace } = args;
    const both = members(name, namespace);
    const { servers, sentinels } = both;
    this.endpoint = { ...servers, ports: [REDIS_PORT] };
    this.sentinelEndpoint = { ...sentinels, ports: [SENTINEL_PORT] };
    this.endpoints = [this.endpoint, this.sentinelEndpoint];

    const serverAddresses = createAddresses(
      servers,
      { replicas: settings.replicas, port: REDIS_PORT, portName: "redis" },
      this,
    );
    const sentinelAddresses = createAddresses(
      sentinels,
      { replicas: SENTINELS, port: SENTINEL_PORT, portName: "sentinel" },
      this,
    );
    const accounts = createAccounts(
      name,
      { namespace, generation: settings.passwordGeneration, labels: allLabels(servers.labels) },
      child,
    );
    const shared = {
      redisHosts: addressList(serverAddresses),
      sentinelHosts: addressList(sentinelAddresses),
      accounts: accounts.servers,
    };
    createServers(
      servers,
      {
        ...shared,
        headless: serverAddresses.headless,
        exporterSecret: accounts.exporter,
        settings,
        storage: args.storage,
        transform: args.transform?.server,
      },
      child,
    );
    createSentinels(
      sentinels,
      {
        ...shared,
        primaryService: name,
        headless: sentinelAddresses.headless,
        strictSpread: settings.strictSpread,
        storageClassName: args.storage?.className,
        transform: args.transform?.sentinel,
      },
      child,
    );
    this.primaryHost = createPrimaryService(servers, this);
    createPointerRights(both, settings.replicas, this);
    createGuards(both, args, this);

    this.sentinels = pulumi
      .all(sentinelAddresses.perPod)
      .apply((all) => all.map((host) => `${host}:${SENTINEL_PORT}`).join(","));
    this.authSecretName = accounts.clients;
    const primary = addressesOf([this.primaryHost]).apply(([host]) => host!);
    this.connectionSecretName = createConnection(
      name,
      accounts.held,
      { primary, sentinels: addressesOf(sentinelAddresses.perPod) },
      { namespace, labels: allLabels(servers.labels) },
      child,
    );
    this.password = accounts.password;
    this.observability = redisObservability(both, settings);
    this.registerOutputs({
      sentinels: this.sentinels,
      primaryName: this.primaryName,
      primaryHost: this.primaryHost,
      authSecretName: this.authSecretName,
      connectionSecretName: this.connectionSecretName,
    });
  }
}

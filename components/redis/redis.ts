import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { allLabels, selectorLabels, type Labels } from "../common/labels";
import { networkPolicy, type Edges, type Endpoint, type Peer } from "../common/network";
import type { Observability } from "../common/observability";
import { owned } from "../common/ownership";
import { createAccounts } from "./accounts";
import { addressList, createAddresses } from "./addresses";
import { redisAlerts } from "./alerts";
import type { RedisArgs } from "./args";
import { redisSettings } from "./completed";
import { redisDashboard } from "./dashboard";
import { createPrimaryService } from "./primary-service";
import { createSentinels } from "./sentinel";
import { createServers } from "./server";
import { EXPORTER_PORT, PRIMARY_NAME, REDIS_PORT, SENTINEL_PORT, SENTINELS } from "./settings";

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
    const sentinelName = `${name}-sentinel`;
    const servers: Peer = { namespace, labels: selectorLabels(name, "cache") };
    const sentinels: Peer = { namespace, labels: selectorLabels(sentinelName, "sentinel") };
    this.endpoint = { ...servers, ports: [REDIS_PORT] };
    this.sentinelEndpoint = { ...sentinels, ports: [SENTINEL_PORT] };
    this.endpoints = [this.endpoint, this.sentinelEndpoint];

    const serverAddresses = createAddresses(
      name,
      { namespace, selector: servers.labels, replicas: settings.replicas, port: REDIS_PORT, portName: "redis" },
      child,
    );
    const sentinelAddresses = createAddresses(
      sentinelName,
      { namespace, selector: sentinels.labels, replicas: SENTINELS, port: SENTINEL_PORT, portName: "sentinel" },
      child,
    );
    const accounts = createAccounts(
      name,
      { namespace, generation: settings.passwordGeneration, labels: allLabels(servers.labels) },
      child,
    );
    const shared = {
      namespace,
      redisHosts: addressList(serverAddresses),
      sentinelHosts: addressList(sentinelAddresses),
      accounts: accounts.servers,
    };
    createServers(
      name,
      {
        ...shared,
        selector: servers.labels,
        headless: serverAddresses.headless,
        exporterSecret: accounts.exporter,
        settings,
        storage: args.storage,
        transform: args.transform?.server,
      },
      child,
    );
    createSentinels(
      sentinelName,
      {
        ...shared,
        selector: sentinels.labels,
        primaryService: name,
        headless: sentinelAddresses.headless,
        strictSpread: settings.strictSpread,
        storageClassName: args.storage?.className,
        transform: args.transform?.sentinel,
      },
      child,
    );

    this.primaryHost = createPrimaryService(
      name,
      { namespace, selector: servers.labels, account: sentinelName, replicas: settings.replicas },
      child,
    );

    const callers = [...args.clients, servers, sentinels];
    for (const [workload, labels, port] of [
      [name, servers.labels, REDIS_PORT],
      [sentinelName, sentinels.labels, SENTINEL_PORT],
    ] as const) {
      const ingress = [
        ...callers.map((from) => ({ from, ports: [port] })),
        ...(args.scrapedBy ?? []).map((from) => ({ from, ports: [EXPORTER_PORT] })),
      ];
      this.createGuards(
        workload,
        labels,
        namespace,
        workload === sentinelName ? { ingress, apiServer: true } : { ingress, outside: args.outside },
      );
    }

    this.sentinels = pulumi
      .all(sentinelAddresses.perPod)
      .apply((all) => all.map((host) => `${host}:${SENTINEL_PORT}`).join(","));
    this.authSecretName = accounts.clients;
    this.password = accounts.password;
    this.observability = {
      name,
      scrape: [
        { job: name, peer: servers, port: EXPORTER_PORT, keep: KEPT_SERIES, urgent: true },
        { job: sentinelName, peer: sentinels, port: EXPORTER_PORT, keep: KEPT_SERIES },
      ],
      rules: [redisAlerts(name, settings)],
      dashboard: redisDashboard(name),
    };
    this.registerOutputs({
      sentinels: this.sentinels,
      primaryName: this.primaryName,
      primaryHost: this.primaryHost,
      authSecretName: this.authSecretName,
    });
  }

  /** What limits a workload: an account without rights, the evictions it allows at a time, and who may reach it. */
  private createGuards(workload: string, selector: Labels, namespace: pulumi.Input<string>, edges: Edges): void {
    const metadata = { name: workload, namespace, labels: allLabels(selector) };
    new k8s.core.v1.ServiceAccount(workload, { metadata, automountServiceAccountToken: false }, { parent: this });
    new k8s.policy.v1.PodDisruptionBudget(
      workload,
      {
        metadata,
        spec: { maxUnavailable: 1, selector: { matchLabels: selector }, unhealthyPodEvictionPolicy: "AlwaysAllow" },
      },
      { parent: this },
    );
    // Members call each other by address: no name is looked up, so there is no way out to DNS either.
    const policy = networkPolicy(metadata, selector, { egress: this.endpoints, dns: false, ...edges });
    new k8s.networking.v1.NetworkPolicy(workload, policy, { parent: this });
  }
}

/** The exporter serves about 250 series a pod; these are the ones that alerts and the dashboard read. */
const KEPT_SERIES =
  "redis_(up|instance_info|connected_clients|connected_slaves|memory_used_bytes|memory_max_bytes|keyspace_(hits|misses)_total" +
  "|commands_processed_total|db_keys|db_keys_expiring|evicted_keys_total|expired_keys_total|rejected_connections_total" +
  "|errors_total|master_link_up|master_repl_offset|connected_slave_lag_seconds|aof_last_write_status|uptime_in_seconds" +
  "|sentinel_(masters|master_status|master_ok_sentinels|master_ok_slaves))|up|scrape_.*";

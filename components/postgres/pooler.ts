import * as pulumi from "@pulumi/pulumi";
import { Part } from "../common/component";
import { readAtStart } from "../common/content";
import { allLabels } from "../common/labels";
import type { Endpoint, Peer } from "../common/network";
import { createBudget, createPolicy, type Workload } from "../common/workload";
import { poolerEdges } from "./access";
import { DATABASES_FILE, POOLER_PORTS, type Workloads } from "./names";
import { createPoolerPods, type PoolerParts } from "./pods/pooler";
import { pgbouncerIni, poolerHba } from "./pooler-config";
import { createPoolerServices } from "./services";

/** Where a pooler is reached. */
export interface Pooler {
  /** `address:port` of each pod, comma-separated; addresses never change while the Service lives. */
  hosts: pulumi.Output<string>;
  /** The address of each pod. */
  addresses: pulumi.Output<string>[];
  /** For callers' NetworkPolicies. */
  endpoint: Endpoint;
}

/**
 * PgBouncer in transaction mode with an address of its own for every pod: a Service in front of several keeps a dead
 * node's pod for 50 s, so callers hold all addresses and try the next one themselves.
 *
 * @param own which of the two poolers it is
 * @param of all workloads of its database
 */
export function createPooler(
  own: Workload,
  of: Workloads,
  args: Omit<PoolerParts, "cluster" | "config" | "service"> & { clients: Peer[]; scrapedBy: Peer[] },
  parent: pulumi.Resource,
): Pooler {
  const { name, namespace, labels } = own;
  const part = new Part("PostgresPooler", name, parent);
  const { settings, target } = args;
  const data = {
    "pgbouncer.ini": pgbouncerIni(settings, target),
    "hba.conf": poolerHba(settings.databases),
    [DATABASES_FILE]: JSON.stringify(settings.databases),
  };
  const config = readAtStart(`${name}-config`, { namespace, labels: allLabels(labels), data }, { parent: part });
  const { shared, perPod } = createPoolerServices(own, settings.replicas, part);
  createPoolerPods(own, { ...args, cluster: of.database.name, config, service: shared.metadata.name }, part);
  createBudget(own, part);
  createPolicy(own, poolerEdges(of, args.clients, args.scrapedBy), part);

  const addresses = perPod.map(({ spec }) => spec.clusterIP);
  const hosts = pulumi
    .all(addresses)
    .apply((known) => known.map((address) => `${address}:${POOLER_PORTS.pgbouncer}`).join(","));
  part.complete({ hosts });
  return { hosts, addresses, endpoint: { namespace, labels, ports: [POOLER_PORTS.pgbouncer] } };
}

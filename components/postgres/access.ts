import type * as k8s from "@pulumi/kubernetes";
import { sliceRules } from "../common/endpoint-slices";
import type { Edges, Endpoint, Peer } from "../common/network";
import type { OutsideEdge } from "../common/outside";
import type { Workload } from "../common/workload";
import type { ObjectStore } from "./args";
import { objectStoreEdges } from "./backup-config";
import { dynamicName, passwordsName, POOLER_PORTS, poolerPasswordsName, PORTS, type Workloads } from "./names";

type Rule = k8s.types.input.rbac.v1.PolicyRule;

/**
 * What Patroni and the agent beside it may do. Names are given wherever Kubernetes can check them; `create` and a
 * collection's `list` and `watch` have none.
 *
 * @param name the component's name
 */
export function databaseRules(name: string): Rule[] {
  return [
    // The leader lock, the quorum and the configuration live in Endpoints (see `use_endpoints`).
    { apiGroups: [""], resources: ["endpoints"], verbs: ["create", "get", "list", "patch", "update", "watch"] },
    // OpenShift asks for `restricted` before it lets anybody write addresses by hand.
    {
      apiGroups: ["", "discovery.k8s.io"],
      resources: ["endpoints/restricted", "endpointslices/restricted"],
      verbs: ["create"],
    },
    // The primary writes where the two Services lead (see addresses.py).
    ...sliceRules([name, `${name}-replicas`], [`${name}-addresses`, `${name}-replicas-addresses`]),
    // Each member keeps its own state in an annotation of its pod.
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "patch", "update", "watch"] },
    // A person's order to lead, and the fence that it overrules, are told (see events.py).
    { apiGroups: [""], resources: ["events"], verbs: ["create"] },
    { apiGroups: [""], resources: ["configmaps"], resourceNames: [dynamicName(name)], verbs: ["get"] },
    { apiGroups: [""], resources: ["secrets"], resourceNames: [passwordsName(name)], verbs: ["get"] },
  ];
}

/** What the agent beside a pooler may do: see who leads and who is a member, and read its own credentials anew. */
export function poolerRules(name: string): Rule[] {
  return [
    { apiGroups: [""], resources: ["endpoints"], resourceNames: [name], verbs: ["get", "list", "watch"] },
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
    { apiGroups: [""], resources: ["secrets"], resourceNames: [poolerPasswordsName(name)], verbs: ["get"] },
  ];
}

/**
 * Whom the members talk to: one another, the poolers, and what takes backups.
 *
 * @param poolers those that there are
 * @param store where backups go, unless to the repository's host
 * @param outside what they call outside of the cluster besides that store
 */
export function databaseEdges(
  of: Workloads,
  poolers: Workload[],
  store: ObjectStore | undefined,
  outside: OutsideEdge[],
  scrapedBy: Peer[],
): Edges {
  const self: Endpoint = { ...of.database, ports: [PORTS.postgres, PORTS.patroni, PORTS.agent] };
  // The member reports on the backups only where no repository host does.
  const metrics = [PORTS.patroni, PORTS.exporter, PORTS.agent, ...(store ? [PORTS.backupMetrics] : [])];
  const backups = store ? [of.job] : [of.job, of.repository];
  return {
    ingress: [
      { from: self, ports: self.ports },
      ...poolers.map((from) => ({ from, ports: [PORTS.postgres, PORTS.patroni] })),
      ...backups.map((from) => ({ from, ports: [PORTS.backup] })),
      ...scrapedBy.map((from) => ({ from, ports: metrics })),
    ],
    egress: [
      self,
      ...poolers.map((pooler) => ({ ...pooler, ports: [POOLER_PORTS.agent] })),
      ...(store ? [] : [{ ...of.repository, ports: [PORTS.backup] }]),
    ],
    apiServer: true,
    outside: [...objectStoreEdges(store), ...outside],
  };
}

/** Whom a pooler talks to: its callers and the members, whose agents call its own. */
export function poolerEdges(of: Workloads, clients: Peer[], scrapedBy: Peer[]): Edges {
  return {
    ingress: [
      ...clients.map((from) => ({ from, ports: [POOLER_PORTS.pgbouncer] })),
      { from: of.database, ports: [POOLER_PORTS.agent] },
      ...scrapedBy.map((from) => ({ from, ports: [POOLER_PORTS.exporter, POOLER_PORTS.agent] })),
    ],
    egress: [{ ...of.database, ports: [PORTS.postgres, PORTS.patroni] }],
    apiServer: true,
  };
}

/** Whom the repository's host talks to: the members, which send their WAL and serve their files. */
export function repositoryEdges({ database }: Workloads, scrapedBy: Peer[]): Edges {
  return {
    ingress: [
      { from: database, ports: [PORTS.backup] },
      ...scrapedBy.map((from) => ({ from, ports: [PORTS.backupMetrics] })),
    ],
    egress: [{ ...database, ports: [PORTS.backup] }],
  };
}

/** Whom the pods that take backups talk to: the members, and an object store where one keeps them. */
export function jobEdges({ database }: Workloads, store: ObjectStore | undefined): Edges {
  return { egress: [{ ...database, ports: [PORTS.backup] }], outside: objectStoreEdges(store) };
}

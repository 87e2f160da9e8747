import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { createService, type Workload } from "../common/workload";
import { patroniNames, POOLER_PORTS, PORTS } from "./names";

/** The database's Services. */
export interface DatabaseServices {
  /** Address of the primary. */
  primary: k8s.core.v1.Service;
  /** Stable names of the members, whether ready or not. */
  members: k8s.core.v1.Service;
}

/**
 * Creates the Services of a database.
 *
 * `-config`, `-sync` and `-failover` serve nobody. Patroni keeps its state in Endpoints of these names, and a
 * controller manager that starts deletes every Endpoints object without a Service: a restarted control plane would take
 * the quorum away.
 */
export function createDatabaseServices(of: Workload, parent: pulumi.Resource): DatabaseServices {
  const { name, labels: selector } = of;
  const ports = [{ name: "postgres", port: PORTS.postgres }];
  for (const state of patroniNames(name).slice(1)) createService(of, state, { clusterIP: "None" }, parent);
  // This and the primary's are for callers that know no pooler. Who leads writes where they lead (see addresses.py).
  createService(of, `${name}-replicas`, { ports }, parent);
  const primary = createService(of, name, { ports }, parent);
  const headless = { clusterIP: "None", selector, publishNotReadyAddresses: true, ports };
  return { primary, members: createService(of, `${name}-members`, headless, parent) };
}

/** A pooler's Services: one for the names of its pods, and one for each pod, whose address never changes. */
export function createPoolerServices(
  of: Workload,
  replicas: number,
  parent: pulumi.Resource,
): { shared: k8s.core.v1.Service; perPod: k8s.core.v1.Service[] } {
  const ports = [{ name: "pgbouncer", port: POOLER_PORTS.pgbouncer }];
  const service = (name: string, selector: Record<string, string>) =>
    createService(of, name, { selector, ports }, parent);
  const shared = service(of.name, of.labels);
  const names = Array.from({ length: replicas }, (_, ordinal) => `${of.name}-${ordinal}`);
  return {
    shared,
    perPod: names.map((pod) => service(pod, { ...of.labels, "statefulset.kubernetes.io/pod-name": pod })),
  };
}

/** Where members send their WAL, and by which the repository's host knows itself. */
export function createRepositoryService(of: Workload, parent: pulumi.Resource): k8s.core.v1.Service {
  return createService(of, of.name, { selector: of.labels, ports: [{ name: "backup", port: PORTS.backup }] }, parent);
}

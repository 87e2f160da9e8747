import type * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";
import { allLabels, type Labels } from "../common/labels";
import { patroniNames, PORTS } from "./names";

/** Nothing here waits for pods: addresses are needed before there are any. */
const NO_WAIT = { "pulumi.com/skipAwait": "true" };

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
export function createDatabaseServices(
  name: string,
  namespace: pulumi.Input<string>,
  labels: Labels,
  parent: pulumi.Resource,
): DatabaseServices {
  const service = (serviceName: string, spec: k8s.types.input.core.v1.ServiceSpec): k8s.core.v1.Service =>
    new k8s.core.v1.Service(
      serviceName,
      {
        metadata: { name: serviceName, namespace, labels: allLabels(labels), annotations: NO_WAIT },
        spec,
      },
      { parent },
    );
  const ports = [{ name: "postgres", port: PORTS.postgres }];

  for (const state of patroniNames(name).slice(1)) service(state, { clusterIP: "None" });
  // This and the primary's are for callers that know no pooler. Who leads writes where they lead (see addresses.py).
  service(`${name}-replicas`, { ports });
  return {
    primary: service(name, { ports }),
    members: service(`${name}-members`, { clusterIP: "None", selector: labels, publishNotReadyAddresses: true, ports }),
  };
}

import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Backend } from "../common/backend";
import { transformed } from "../common/component";
import { metadataOf, type Workload } from "../common/workload";
import type { LoadBalancerArgs } from "./args";
import type { ServiceNames } from "./completed";
import { DEFAULTS } from "./settings";
import type { Tls } from "./tls";

/** Where a service's servers are listed, once that is known. */
export function serviceNames({ endpoint, service, reserve }: Backend): pulumi.Output<ServiceNames> {
  return pulumi.output({ namespace: endpoint.namespace, ready: service, every: reserve ?? service });
}

/** The way in: a port on each entry node, and one for TLS. */
export function createEntry(
  of: Workload,
  args: LoadBalancerArgs,
  tls: Tls | undefined,
  parent: pulumi.Resource,
): k8s.core.v1.Service {
  const nodePort = args.nodePort ?? DEFAULTS.LoadBalancerArgs.nodePort;
  const service: k8s.core.v1.ServiceArgs = {
    metadata: metadataOf(of),
    spec: {
      type: "NodePort",
      selector: of.labels,
      // Only a node that runs a balancer answers: nothing is sent on to a node that may be dead, and clients keep their
      // address.
      externalTrafficPolicy: "Local",
      ports: [
        { name: "http", port: 80, targetPort: "http", nodePort, protocol: "TCP" },
        ...(tls ? [{ name: "https", port: 443, targetPort: "https", nodePort: tls.nodePort, protocol: "TCP" }] : []),
      ],
    },
  };
  return new k8s.core.v1.Service(of.name, transformed(args.transform?.service, service), { parent });
}

import { stringify } from "yaml";
import { ENTRY_LABEL, TLS_NODE_PORT } from "../../config/addresses";

/** Label of the nodes that run a load balancer: the control plane, whose port is published, and one worker. */
const ENTRY = { [ENTRY_LABEL]: "true" };
const zone = (name: string): Record<string, string> => ({ "topology.kubernetes.io/zone": name });

/** A node port, and the port of 127.0.0.1 on which it is published. */
export interface PublishedPort {
  nodePort: number;
  hostPort: number;
}

/** The same for https: what a balancer with `tls` has where nothing else is said. */
export const SECURE: PublishedPort = { nodePort: TLS_NODE_PORT, hostPort: 8443 };

/**
 * kind's configuration of the cluster Holdfast makes: one control plane and three workers in two zones.
 *
 * @param image node image; undefined leaves the choice to kind
 * @param ports the entries to the stack, published on loopback only
 */
export function kindConfig(image: string | undefined, ports: PublishedPort[]): string {
  const node = (role: string, labels: Record<string, string>, rest: object = {}): object => ({
    role,
    labels,
    ...(image ? { image } : {}),
    ...rest,
  });
  return stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    networking: { apiServerAddress: "127.0.0.1" },
    nodes: [
      node(
        "control-plane",
        { ...zone("zone-a"), ...ENTRY },
        {
          extraPortMappings: ports.map(({ nodePort, hostPort }) => ({
            containerPort: nodePort,
            hostPort,
            listenAddress: "127.0.0.1",
            protocol: "TCP",
          })),
        },
      ),
      node("worker", { ...zone("zone-a"), ...ENTRY }),
      node("worker", zone("zone-b")),
      node("worker", zone("zone-b")),
    ],
  });
}

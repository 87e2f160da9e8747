import { selectorLabels } from "../common/labels";

/** Labels of a balancer's pods, known before it exists, so that a service can name it as its client. */
export function loadBalancerLabels(name: string) {
  return selectorLabels(name, "load-balancer");
}

/** Port for clients; above 1023, so that no privilege is needed. */
export const CLIENT_PORT = 8080;

/** Port for clients that speak TLS. */
export const TLS_PORT = 8443;

/** Port of the metrics exporter and of the balancer's own health. */
export const METRICS_PORT = 8405;

/** Port of the metrics and the health of the agent that keeps the certificates. */
export const AGENT_PORT = 8406;

/** Folder that HAProxy and that agent share, in memory: certificates, keys, the socket for commands. */
export const TLS_PATH = "/run/tls";

/** Folder of the agent's modules. */
export const AGENT_PATH = "/opt/agent";

/** Where the Secret of a certificate is mounted. */
export const certificatePath = (index: number): string => `/run/secrets/certificates/${index}`;

/**
 * Names of HAProxy's two sections for a service: its servers that are well, and all of them. The scripts know them by
 * these names, too.
 *
 * @param service its name; undefined where it is the only one
 */
export function setsOf(service: string | undefined): { servers: string; reserve: string } {
  const suffix = service === undefined ? "" : `-${service}`;
  return { servers: `servers${suffix}`, reserve: `reserve${suffix}` };
}

/** Secret with the certificate that a balancer has got, for the balancer of a name. */
export const issuedSecret = (name: string): string => `${name}-certificate`;

import type * as k8s from "@pulumi/kubernetes";
import {
  isPrivateName,
  isRange,
  isWide,
  OUTSIDE_ANNOTATION,
  PUBLIC_BLOCKS,
  rangeOfAddress,
  type IpBlock,
} from "../../config/addresses";

/** One way out of the cluster: to whom, on which port, and what for. Say a `host`, a `cidr`, or both. */
export interface OutsideEdge {
  /**
   * Name or address of the service. Where it is a name and there is no `cidr`, any public address is let through,
   * and no private one.
   */
  host?: string;
  /**
   * Addresses of the service, `203.0.113.0/24`; then only those are let through.
   * @default the host's, if that is an address
   */
  cidr?: string;
  /** TCP port. */
  port: number;
  /** What it is for, in a few words: stands beside the edge in the annotation `holdfast.dev/outside`. */
  why: string;
}

type Rule = k8s.types.input.networking.v1.NetworkPolicyEgressRule;

/** A DNS name or an address; no port, no scheme, no wildcard. */
const HOST = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?\.?$/i;

/** What is wrong with an edge; undefined if nothing is. */
function fault({ host, cidr, port, why }: OutsideEdge): string | undefined {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return "its port must be a whole number from 1 to 65535";
  if (why.trim() === "") return "say in `why` what it is for";
  if (cidr !== undefined) {
    if (!isRange(cidr)) return "its cidr must be a range of addresses such as 203.0.113.0/24";
    if (!isWide(cidr)) return undefined;
    return "its cidr is so wide that it names nobody; name the service by `host`, or its own range";
  }
  if (host === undefined) return "say whom it leads to, by `host` or `cidr`";
  if (rangeOfAddress(host) !== undefined) return undefined;
  if (!HOST.test(host)) return "its host must be a DNS name or an address, without scheme and port";
  return isPrivateName(host)
    ? "its host is a name of a private network: say its addresses as `cidr`, or name the pods if it is in this cluster"
    : undefined;
}

/**
 * An edge with its range filled in where its host is an address.
 *
 * @throws Error where it names nobody, a port that is none, or everybody
 */
function checked(edge: OutsideEdge): OutsideEdge {
  const wrong = fault(edge);
  if (wrong !== undefined) {
    const to = edge.host ?? edge.cidr ?? "nobody";
    throw new Error(`The outside edge to ${to}, port ${edge.port}, can't be made: ${wrong}.`);
  }
  const cidr = edge.cidr ?? (edge.host === undefined ? undefined : rangeOfAddress(edge.host));
  return { ...edge, ...(cidr !== undefined && { cidr }) };
}

/** Egress rules of some edges, one for each port and set of addresses. */
export function outsideRules(edges: OutsideEdge[]): Rule[] {
  const rules = edges.map(checked).map(({ cidr, port }): Rule => {
    const blocks: readonly IpBlock[] = cidr === undefined ? PUBLIC_BLOCKS : [{ cidr }];
    return { to: blocks.map((ipBlock) => ({ ipBlock })), ports: [{ protocol: "TCP", port }] };
  });
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}

/** The annotation that names them; empty where there are none. */
export function outsideAnnotation(edges: OutsideEdge[]): Record<string, string> {
  if (edges.length === 0) return {};
  // What is left out is undefined, which JSON leaves out too.
  const named = edges.map(checked).map(({ host, cidr, port, why }) => ({ host, cidr, port, why }));
  return { [OUTSIDE_ANNOTATION]: JSON.stringify(named) };
}

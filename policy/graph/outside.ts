import { isWide, leavesOutPrivate, OUTSIDE_ANNOTATION } from "../../config/addresses";
import type { KubeObject } from "./object";
import type { NetworkPeer, NetworkPolicySpec, NetworkPort, OutsideName } from "./types";

type Block = NonNullable<NetworkPeer["ipBlock"]>;
type Egress = NonNullable<NetworkPolicySpec["egress"]>[number];

/** Names that a policy gives its edges to the outside; undefined if the annotation is no such list. */
export function outsideNames(policy: KubeObject): OutsideName[] | undefined {
  const text = policy.metadata.annotations?.[OUTSIDE_ANNOTATION];
  if (text === undefined) return [];
  let names: unknown;
  try {
    names = JSON.parse(text);
  } catch {
    return undefined;
  }
  return Array.isArray(names) && names.every(isName) ? names : undefined;
}

function isName(value: unknown): value is OutsideName {
  const { host, cidr, port, why } = (value ?? {}) as Record<string, unknown>;
  const named = [host, cidr].filter((part) => part !== undefined);
  const said = [...named, why].every((part) => typeof part === "string" && part.trim() !== "");
  return named.length > 0 && said && Number.isInteger(port);
}

/** Whether a name is of one range and port: its own range, or for a host alone any that holds no private address. */
function names(name: OutsideName, block: Block, { port, endPort, protocol = "TCP" }: NetworkPort): boolean {
  if (protocol !== "TCP" || port !== name.port || endPort !== undefined) return false;
  if (name.cidr === undefined) return leavesOutPrivate({ cidr: block.cidr ?? "", except: block.except });
  return block.cidr === name.cidr && !isWide(name.cidr);
}

/** Whether every range of addresses that a rule opens is named, on every port that it opens there. */
export function isNamed({ to = [], ports = [] }: Egress, known: OutsideName[]): boolean {
  return (
    ports.length > 0 &&
    to.every(
      ({ ipBlock }) => ipBlock === undefined || ports.every((port) => known.some((name) => names(name, ipBlock, port))),
    )
  );
}

/** Whether some rule lets a named edge out. */
export function isOpen(name: OutsideName, egress: Egress[]): boolean {
  return egress.some(({ to = [], ports = [] }) =>
    to.some(({ ipBlock }) => ipBlock !== undefined && ports.some((port) => names(name, ipBlock, port))),
  );
}

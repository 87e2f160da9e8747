import { BlockList, isIP } from "node:net";

/**
 * Annotation of a NetworkPolicy with the purpose of its egress to addresses: a JSON list,
 * `[{"host": …, "cidr": …, "port": 443, "why": …}]`. Components write it; a policy rule compares it with the egress.
 */
export const OUTSIDE_ANNOTATION = "holdfast.dev/outside";

/**
 * Annotation of a Secret with a database password: the password's user. In a preview the Secret's content is unknown.
 */
export const USER_ANNOTATION = "holdfast.dev/database-user";

/** Annotation of an autoscaler with the load that it was planned for, as JSON; a policy rule plans it again. */
export const PLANNED_LOAD_ANNOTATION = "holdfast.dev/planned-load";

/** Label of the nodes that traffic enters by. */
export const ENTRY_LABEL = "holdfast.dev/entry";

/** Port of the entry nodes for https where nothing else is said; a cluster of Holdfast publishes it on its machine. */
export const TLS_NODE_PORT = 30_443;

/** Addresses as a NetworkPolicy writes them: a range without some parts of it. */
export interface IpBlock {
  cidr: string;
  except?: string[];
}

/**
 * Ranges without public services (IANA's special-purpose registries): private networks, which include pods, Services
 * and nodes; the machine itself; a cloud's metadata service (169.254.169.254); multicast; and IPv6 ranges that embed
 * IPv4 addresses.
 */
export const PRIVATE_RANGES: readonly string[] = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/8",
  "64:ff9b::/96",
  "2002::/16",
  "fc00::/7",
  "fe80::/10",
  "ff00::/8",
];

/** Shortest prefix that still names an owner: a class A network, or one IPv6 provider. */
const WIDEST_PREFIX = { 4: 8, 6: 24 } as const;

interface Range {
  address: string;
  prefix: number;
  family: 4 | 6;
}

/** A range from its text; undefined if it is none. */
function rangeOf(cidr: string): Range | undefined {
  const [, address = "", digits] = /^([^/]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const family = isIP(address);
  if (family === 0 || Number(digits) > (family === 4 ? 32 : 128)) return undefined;
  return { address, prefix: Number(digits), family: family as 4 | 6 };
}

/** Whether a text is a range of addresses, such as `203.0.113.0/24`. */
export const isRange = (cidr: string): boolean => rangeOf(cidr) !== undefined;

/** The range of a single address; undefined if the text is a name. */
export function rangeOfAddress(host: string): string | undefined {
  const family = isIP(host);
  return family === 0 ? undefined : `${host}/${family === 4 ? 32 : 128}`;
}

function contains(outer: Range, inner: Range): boolean {
  if (outer.family !== inner.family || outer.prefix > inner.prefix) return false;
  const list = new BlockList();
  const family = outer.family === 4 ? "ipv4" : "ipv6";
  list.addSubnet(outer.address, outer.prefix, family);
  return list.check(inner.address, family);
}

/** Whether a range is too wide to name an owner, such as `0.0.0.0/0`. A text that is no range counts as wide. */
export function isWide(cidr: string): boolean {
  const range = rangeOf(cidr);
  return range === undefined || range.prefix < WIDEST_PREFIX[range.family];
}

/** Whether a block contains no private range: no pod, node, Service or cloud metadata service. */
export function leavesOutPrivate({ cidr, except = [] }: IpBlock): boolean {
  const block = rangeOf(cidr);
  if (block === undefined) return false;
  const holes = except.flatMap((part) => rangeOf(part) ?? []);
  return PRIVATE_RANGES.map((range) => rangeOf(range)!)
    .filter((range) => contains(block, range) || contains(range, block))
    .every((range) => holes.some((hole) => contains(hole, range)));
}

function publicBlock(cidr: string): IpBlock {
  const block = rangeOf(cidr)!;
  return { cidr, except: PRIVATE_RANGES.filter((range) => contains(block, rangeOf(range)!)) };
}

/** All public addresses: IPv4 without the private ranges, and the global unicast range of IPv6. */
export const PUBLIC_BLOCKS: readonly IpBlock[] = [publicBlock("0.0.0.0/0"), publicBlock("2000::/3")];

const PRIVATE_SUFFIX = /\.(svc|local|localhost|internal|intranet|lan|corp|home\.arpa|test|invalid)$/;

/** Names that only a private network knows: without a dot, or under a suffix of no public DNS (RFC 6761, 6762). */
export function isPrivateName(host: string): boolean {
  const name = host.replace(/\.$/, "").toLowerCase();
  return (
    rangeOfAddress(name) === undefined && (!name.includes(".") || PRIVATE_SUFFIX.test(name) || name.includes(".svc."))
  );
}

/** Host and port of an http or https URL; undefined for any other text. */
export function hostAndPort(url: string): { host: string; port: number } | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !["http:", "https:"].includes(parsed.protocol) || parsed.port === "0") return undefined;
  const port = parsed.port === "" ? (parsed.protocol === "https:" ? 443 : 80) : Number(parsed.port);
  return { host: parsed.hostname.replace(/^\[|\]$/g, ""), port };
}

import type { Backend } from "../common/backend";
import type { LoadBalancerArgs, Route } from "./args";

/** A service behind the balancer. */
export interface Served {
  /** What its sections and metrics are called after; undefined where it is the only one. */
  name: string | undefined;
  backend: Backend;
}

/** One line of the list that says which service gets a request. */
export interface Matched {
  /** Lower-case name, or `*.` and a name; undefined for any host. */
  host: string | undefined;
  /** Beginning of the path, without a slash at its end; empty for any path. */
  path: string;
  /** Name of the service. */
  service: string;
}

/** Who is behind the balancer, and which requests each gets: the first line of `matched` that fits decides. */
export interface Routing {
  services: Served[];
  /** Empty where one service gets everything. */
  matched: Matched[];
}

/** Label by which a service is called: every Holdfast workload has it, and most others. */
const NAME_LABEL = "app.kubernetes.io/name";

const LABEL = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";
const HOST = new RegExp(`^(\\*\\.)?${LABEL}(\\.${LABEL})*$`);

/** Segments of unreserved characters: what means the same in every spelling that a client may send. */
const PATH = /^(\/[A-Za-z0-9._~-]+)*$/;

/** Whether a text is a host that requests can be told by: a lower-case name, or `*.` and a name. */
export const isHost = (host: string): boolean => HOST.test(host) && host.length <= 253 && !/^[\d.]+$/.test(host);

/** Whether a text is the beginning of a path that requests can be told by: with a slash first, and no `.` or `..`. */
export const isPath = (path: string): boolean =>
  path.startsWith("/") && PATH.test(path.replace(/\/$/, "")) && !/\/\.{1,2}(\/|$)/.test(path);

function fail(what: string): never {
  throw new Error(`LoadBalancer: ${what}`);
}

/**
 * Which service gets which requests.
 *
 * @throws Error in one sentence, where neither or both of `backend` and `routes` are there, a host or path is none, or
 * two routes are for the same requests
 */
export function routing({ backend, routes }: Pick<LoadBalancerArgs, "backend" | "routes">): Routing {
  if (backend !== undefined && routes !== undefined) {
    fail(
      "backend and routes are both set; say backend for one service, or routes for several, and leave out the other.",
    );
  }
  if (backend !== undefined) return { services: [{ name: undefined, backend }], matched: [] };
  if (routes === undefined || routes.length === 0) {
    fail("neither backend nor routes say what is behind it; give one backend, or routes such as [{ backend }].");
  }
  const services = named(routes);
  const matched = routes.map((route, index): Matched => {
    const { name } = services.find((one) => one.backend === route.backend)!;
    return { ...checked(route, index), service: name! };
  });
  for (const [index, { host, path }] of matched.entries()) {
    const first = matched.findIndex((other) => other.host === host && other.path === path);
    if (first !== index) {
      const what = `host ${host ?? "any"} and path ${path || "/"}`;
      fail(`routes[${first}] and routes[${index}] are both for ${what}; leave out one of them, or change its path.`);
    }
  }
  return { services, matched: matched.sort(byPrecision) };
}

/** Host and path of a route as they are compared. */
function checked({ host, path = "/" }: Route, index: number): Pick<Matched, "host" | "path"> {
  const lower = host?.toLowerCase().replace(/\.$/, "");
  if (lower !== undefined && !isHost(lower)) {
    fail(
      `routes[${index}].host is ${JSON.stringify(host)}; wanted is a name without scheme, port and path, ` +
        'such as "www.example.com" or "*.example.com".',
    );
  }
  if (!isPath(path)) {
    fail(
      `routes[${index}].path is ${JSON.stringify(path)}; wanted is the beginning of a path, such as "/api": ` +
        "letters, digits and . _ ~ - between slashes.",
    );
  }
  return { host: lower, path: path.replace(/\/$/, "") };
}

/** The services of some routes, each once, by the name label of its pods. */
function named(routes: Route[]): Served[] {
  const services: Served[] = [];
  for (const backend of new Set(routes.map((route) => route.backend))) {
    const plain = (backend.endpoint.labels[NAME_LABEL] ?? "service").toLowerCase().replace(/[^a-z0-9-]/g, "-");
    const taken = (name: string) => services.some((one) => one.name === name);
    let name = plain;
    for (let count = 2; taken(name); count++) name = `${plain}-${count}`;
    services.push({ name, backend });
  }
  return services;
}

/** A named host before a wildcard, that before any host; then the longer one first. */
function byPrecision(one: Matched, other: Matched): number {
  const rank = ({ host }: Matched) => (host === undefined ? 2 : host.startsWith("*.") ? 1 : 0);
  return (
    rank(one) - rank(other) ||
    (other.host?.length ?? 0) - (one.host?.length ?? 0) ||
    other.path.length - one.path.length ||
    0
  );
}

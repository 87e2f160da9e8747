import type { Backend } from "../common/backend";
import type { LoadBalancerArgs, Route } from "../load-balancer/args";
import { isPath } from "../load-balancer/routes";
import type { AppArgs, AppService } from "./args";

/** What an app says of its hosts. */
type Hosted = Pick<AppArgs, "hosts" | "routes" | "balancer"> & { services: Record<string, AppService> };

/** A host and the beginning of a path, and the argument that says so. */
interface Claim {
  key: string;
  host: string;
  path: string;
}

/** Every path: what a service with hosts of its own gets. */
const ANY_PATH = "/";

/** The hosts and paths that the app's own services get. */
function claims({ hosts = [], services }: Hosted): (Claim & { service: string | undefined })[] {
  const web = hosts.map((host) => ({ key: "web", service: undefined, host, path: ANY_PATH }));
  const others = Object.entries(services).flatMap(([service, { hosts: own = hosts, paths = [ANY_PATH] }]) =>
    own.flatMap((host) => paths.map((path) => ({ key: `services.${service}`, service, host, path }))),
  );
  return [...web, ...others];
}

/** What the balancer is told: one backend where there is one, else who gets which requests. */
export function routesOf(
  settings: Hosted,
  web: Backend,
  services: Record<string, Backend>,
): Pick<LoadBalancerArgs, "backend" | "routes"> {
  const { routes = [] } = settings;
  if (Object.keys(services).length + routes.length === 0) return { backend: web };
  const own = claims(settings).map(
    ({ host, path, service }): Route => ({
      host,
      path,
      backend: service === undefined ? web : services[service]!,
    }),
  );
  return { routes: [...own, ...routes] };
}

/** What is wrong with hosts and paths of services, in one clause; undefined where nothing is. */
export function routesFault(settings: Hosted): string | undefined {
  const { hosts, services, routes } = settings;
  for (const [name, { hosts: own, paths }] of Object.entries(services)) {
    if (own === undefined && paths === undefined)
      return `services.${name} has neither hosts nor paths, so no request would be for it; name one of them`;
    if (own?.length === 0 || paths?.length === 0)
      return `services.${name}.${own?.length === 0 ? "hosts" : "paths"} is empty; name one, or leave it out`;
    const path = paths?.find((one) => !isPath(one));
    if (path !== undefined)
      return `services.${name}.paths has "${path}"; wanted is the beginning of a path, such as "/api"`;
  }
  if (hosts === undefined && routes !== undefined) return "routes need hosts, for without them there is no balancer";
  const service = hosts === undefined && Object.keys(services)[0];
  if (service) return `services.${service} needs the app's hosts, for without them there is no balancer`;
  return twiceFault([...claims(settings), ...besides(settings)]) ?? certificateFault(settings);
}

/** The hosts and paths of what stands beside the app. */
const besides = ({ routes = [] }: Hosted): Claim[] =>
  routes.map(({ host = "any host", path = ANY_PATH }, index) => ({ key: `routes[${index}]`, host, path }));

function twiceFault(all: Claim[]): string | undefined {
  const seen = new Map<string, string>();
  for (const { key, host, path } of all) {
    const what = `${host.toLowerCase()}${path.replace(/\/$/, "")}`;
    const other = seen.get(what);
    if (other !== undefined) return `${other} and ${key} are both for ${what}; give one of them another host or path`;
    seen.set(what, key);
  }
  return undefined;
}

/** A host that browsers would be shown the certificate of another one for. */
function certificateFault(settings: Hosted): string | undefined {
  const { acme, authority } = settings.balancer?.tls ?? {};
  const [kind, issued] = acme ? ["acme", acme] : ["authority", authority];
  const covered = issued?.hosts.map((host) => host.toLowerCase());
  const left = covered && claims(settings).find(({ host }) => !covered.includes(host.toLowerCase()));
  return left && `${left.host} is not in balancer.tls.${kind}.hosts, so no certificate is for it; add it there`;
}

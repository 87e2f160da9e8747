import type { HaproxySettings, ServiceSettings } from "./completed";
import { setsOf } from "./names";
import type { Matched } from "./routes";
import { SHARED_FROM } from "./settings";

/** Which service a request goes to, and which of its two sets of servers. */
export function toService({ services, matched }: HaproxySettings): string[] {
  if (matched.length === 0) {
    return [waits(services[0]!), turns(services[0]!), `  default_backend ${setsOf(undefined).servers}`];
  }
  return [
    "  http-request set-var(txn.host) req.hdr(host),host_only,rtrim(.),lower",
    ...matched.map(route),
    '  http-request return status 404 content-type text/plain string "No such host or path.\\n" unless { var(txn.service) -m found }',
    ...services.map(waits),
    ...services.map(turns),
    `  use_backend ${setsOf("%[var(txn.service)]").servers}`,
  ];
}

const literal = (text: string): string => text.replaceAll(".", "\\.");

/** One label below: what a certificate for such a name is for, too. */
const below = (wildcard: string): string => `'^[^.]+${literal(wildcard.slice(1))}$'`;

/** The first route that fits sets the service; those after it find that it is set. */
function route({ host, path, service }: Matched): string {
  const conditions = [
    "!{ var(txn.service) -m found }",
    ...(host === undefined
      ? []
      : [host.startsWith("*.") ? `{ var(txn.host) -m reg ${below(host)} }` : `{ var(txn.host) -m str ${host} }`]),
    ...(path === "" ? [] : [`{ path -m reg '^${literal(path)}(/|$)' }`]),
  ];
  return `  http-request set-var(txn.service) str(${service}) if ${conditions.join(" ")}`;
}

/** Condition that a request is for a service, where there are several. */
const isFor = (service: string | undefined): string =>
  service === undefined ? "" : `{ var(txn.service) -m str ${service} } `;

/** Where no server passes its check, a request waits for one. Half of the room stays free for those that need not. */
function waits({ name }: ServiceSettings): string {
  const none = `{ nbsrv(${setsOf(name).servers}) eq 0 }`;
  return `  http-request lua.wait_for_server if ${isFor(name)}${none} { fe_conn lt ${SHARED_FROM} }`;
}

/**
 * All checks failing at once is not all servers dead: a database's failover can hold every worker that would answer
 * them. So then all are asked that accept connections.
 */
function turns({ name }: ServiceSettings): string {
  const { servers, reserve } = setsOf(name);
  return `  use_backend ${reserve} if ${isFor(name)}{ nbsrv(${servers}) eq 0 } { nbsrv(${reserve}) gt 0 }`;
}

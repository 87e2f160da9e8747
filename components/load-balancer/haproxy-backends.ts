import type { Algorithm } from "./args";
import type { HaproxySettings, ServiceSettings } from "./completed";
import { setsOf } from "./names";
import { FULL_WEIGHT, MAX_CONNECTIONS, RETRY_AFTER_SECONDS, SHARED_FROM } from "./settings";

const BALANCE: Record<Algorithm, string[]> = {
  roundrobin: ["balance roundrobin"],
  leastconn: ["balance leastconn"],
  // Keyed by the servers' addresses (not their slot numbers, which depend on the order of discovery), all balancers
  // agree.
  source: ["balance source", "hash-type consistent sdbm avalanche"],
};

/** A check's answers that pass: what the kubelet takes for a success, too. */
const PASSES = "200-399";

/** A word of a configuration line. */
function word(text: string): string {
  return text.replace(/[\\\s#"']/g, (found) => `\\${found}`);
}

/**
 * A header of the check, as HAProxy is told it; `%` would begin a variable.
 *
 * @throws Error where it would be no header, or another line of the configuration
 */
function checkHeader([name, value]: [string, string]): string {
  if (!/^[A-Za-z0-9-]+$/.test(name) || !/^[\x20-\x7e]+$/.test(value)) {
    throw new Error(
      `LoadBalancer: the check's header ${JSON.stringify(name)} is ${JSON.stringify(value)}; ` +
        "wanted is a name of letters, digits and hyphens, and a value of printable ASCII characters.",
    );
  }
  return ` hdr ${name} ${word(value.replaceAll("%", "%%"))}`;
}

/** How the servers that deserve requests are told from the others. */
function httpCheckOf({ checkPath, checkHeaders }: ServiceSettings): string[] {
  const headers = Object.entries(checkHeaders).map(checkHeader).join("");
  return [
    "  option httpchk",
    `  http-check send meth GET uri ${word(checkPath)} ver HTTP/1.1${headers}`,
    `  http-check expect status ${PASSES}`,
  ];
}

/**
 * The two sets of servers of each service: `servers` are those that are ready by the cluster's word and pass the check;
 * `reserve` is every one that accepts a connection, asked only while there is none of the others.
 */
export function backends(settings: HaproxySettings): string[] {
  const blocks = settings.services.flatMap((service) => {
    const { name, protocol, srvName, reserveSrvName } = service;
    const sets = setsOf(name);
    const httpCheck = protocol === "http" ? httpCheckOf(service) : [];
    return [
      backend(sets.servers, srvName, httpCheck, SERVER_CHECK, settings, service),
      backend(sets.reserve, reserveSrvName, [], RESERVE_CHECK, settings, service),
    ];
  });
  return blocks.flatMap((block, index) => (index === 0 ? block : ["", ...block]));
}

/** A failed connection takes the server out before the next request. Its next successful check brings it back. */
const SERVER_CHECK =
  "check inter 1s fastinter 500ms downinter 1s fall 2 rise 1" + " observe layer4 error-limit 1 on-error mark-down";

/**
 * A single failed connection does not take a server out of the reserve: a network that stands still for half a second
 * must not empty the reserve as well. Two failed checks do, and they come soon, because requests wait until then. With
 * the reserve empty a request gets a 503. With a server in it that takes no connections, a keep-alive client gets no
 * answer at all (haproxy/haproxy#2375).
 */
const RESERVE_CHECK = "check inter 500ms fastinter 200ms downinter 500ms fall 2 rise 1";

/**
 * Every request goes to its server over a connection of its own. One that was used before may have been closed by the
 * server just now (nodejs/node#20256), and a client whose request met that is answered by nothing but a closed
 * connection.
 */
const NEW_CONNECTIONS = "  option http-server-close";

function backend(
  name: string,
  srvName: string,
  httpCheck: string[],
  check: string,
  settings: HaproxySettings,
  { protocol, maxServers }: ServiceSettings,
): string[] {
  const { algorithm, answerSeconds, readAnswerSeconds, idempotencyHeader, services } = settings;
  const server = [
    check,
    "resolvers cluster resolve-prefer ipv4 init-addr none",
    "hash-key addr-port",
    // The ring has sixteen points for each unit of weight: with a hundred (not the 1 that SRV records come to) shares
    // are even.
    `weight ${FULL_WEIGHT} resolve-opts ignore-weight`,
    // Idle connections are given up long before a server would close one under a request.
    ...(protocol === "grpc" ? ["proto h2", "pool-purge-delay 1s"] : []),
  ].join(" ");
  return [
    `backend ${name}`,
    ...BALANCE[algorithm].map((line) => `  ${line}`),
    ...httpCheck,
    ...(protocol === "http" ? [NEW_CONNECTIONS] : []),
    ...(services.length > 1 ? [shareOf(name, services.length)] : []),
    `  timeout server ${answerSeconds}s`,
    "  acl read method GET HEAD OPTIONS",
    `  acl repeatable req.hdr(${idempotencyHeader}) -m found`,
    `  http-request set-timeout server ${readAnswerSeconds}s if read`,
    // A refused connection may always be tried again, anything later only with what may happen twice.
    "  retry-on conn-failure empty-response junk-response response-timeout",
    "  http-request disable-l7-retry unless read or repeatable",
    `  server-template web 1-${maxServers} ${srvName} ${server}`,
  ];
}

/** One service that gives no answers must not take the connections of the others: requests above its share are refused. */
function shareOf(name: string, services: number): string {
  const crowded = `{ fe_conn(clients) ge ${SHARED_FROM} } { be_conn(${name}) gt ${Math.floor(MAX_CONNECTIONS / services)} }`;
  const answer = `content-type text/plain string "Too many requests under way.\\n" hdr Retry-After ${RETRY_AFTER_SECONDS}`;
  return `  http-request return status 503 ${answer} if ${crowded}`;
}

import type { Algorithm, ClientAddress } from "./args";

/** Port for clients; above 1023, so that no privilege is needed. */
export const CLIENT_PORT = 8080;
/** Port of the metrics exporter and of the balancer's own health. */
export const METRICS_PORT = 8405;
/** Seconds that running requests get once the balancer was told to stop. */
export const DRAIN_SECONDS = 30;

/** What the configuration depends on; plain values, so that `haproxy -c` can judge it in a test. */
export interface HaproxySettings {
  algorithm: Algorithm;
  clientAddress: ClientAddress;
  trustedHops: string[];
  /** Name whose SRV records list the servers. */
  srvName: string;
  protocol: "http" | "grpc";
  checkPath: string;
  maxServers: number;
  answerSeconds: number;
  readAnswerSeconds: number;
  idempotencyHeader: string;
}

const BALANCE: Record<Algorithm, string[]> = {
  roundrobin: ["balance roundrobin"],
  leastconn: ["balance leastconn"],
  // Keyed by the servers' addresses (not their slot numbers, which depend on the order of discovery), all balancers agree.
  source: ["balance source", "hash-type consistent sdbm avalanche"],
};

/** The whole of `haproxy.cfg`. */
export function haproxyConfig(settings: HaproxySettings): string {
  return [...globals(), ...resolvers(), ...operations(), ...frontend(settings), ...backend(settings)].join("\n") + "\n";
}

function globals(): string[] {
  return [
    "global",
    "  log stdout format raw local0 notice",
    // Two descriptors each, within every container engine's limit; with a buffer for each they fit the memory limit.
    "  maxconn 4000",
    `  hard-stop-after ${DRAIN_SECONDS}s`,
    // A stopping balancer closes idle client connections over a few seconds, so that they don't all come back at once.
    "  close-spread-time 3s",
    "",
    "defaults",
    "  mode http",
    "  log global",
    "  option httplog",
    "  option dontlognull",
    "  option redispatch 1",
    "  retries 3",
    "  timeout connect 500ms",
    "  timeout client 60s",
    "  timeout http-request 10s",
    "  timeout http-keep-alive 30s",
    "  timeout queue 5s",
    "  timeout check 1s",
    "  timeout tunnel 1h",
    "",
  ];
}

/** The cluster's own name server; while it is silent, the servers known last stay (haproxy/haproxy#345). */
function resolvers(): string[] {
  return [
    "resolvers cluster",
    "  parse-resolv-conf",
    "  accepted_payload_size 8192",
    "  resolve_retries 3",
    "  timeout resolve 1s",
    "  timeout retry 1s",
    "  hold valid 1s",
    "  hold obsolete 0s",
    ...["nx", "other", "refused", "timeout"].map((status) => `  hold ${status} 24h`),
    "",
  ];
}

function operations(): string[] {
  return [
    "frontend operations",
    `  bind :${METRICS_PORT}`,
    "  option dontlog-normal",
    // Not by server: fifty slots, most of them empty, would be thousands of series.
    "  http-request set-query scope=global&scope=frontend&scope=backend if { path /metrics }",
    "  http-request use-service prometheus-exporter if { path /metrics }",
    "  http-request return status 503 if { path /readyz } { stopping }",
    "  http-request return status 200 if { path /healthz /readyz }",
    "  http-request deny status 404",
    "",
  ];
}

function frontend({ clientAddress, trustedHops }: HaproxySettings): string[] {
  return [
    "frontend clients",
    `  bind :${CLIENT_PORT}${clientAddress === "proxy-protocol" ? " accept-proxy" : ""}`,
    ...(clientAddress === "header" ? [`  http-request set-src req.hdr_ip(x-forwarded-for,-1) if { src ${trustedHops.join(" ")} }`] : []),
    "  http-request deny status 404 if { path,url_dec -m beg -i /metrics }",
    "  http-request del-header x-forwarded-for",
    "  option forwardfor",
    "  default_backend servers",
    "",
  ];
}

function backend({ algorithm, srvName, protocol, checkPath, maxServers, answerSeconds, readAnswerSeconds, idempotencyHeader }: HaproxySettings): string[] {
  const server = [
    "check inter 1s fastinter 500ms downinter 1s fall 2 rise 1",
    "resolvers cluster resolve-prefer ipv4 init-addr none",
    "hash-key addr-port",
    // The ring has sixteen points for each unit of weight: with a hundred (not the 1 that SRV records come to) shares are even.
    "weight 100 resolve-opts ignore-weight",
    // Idle connections are given up long before a server would close one under a request (nodejs/node#20256).
    "pool-purge-delay 1s",
    ...(protocol === "grpc" ? ["proto h2"] : []),
  ].join(" ");
  return [
    "backend servers",
    ...BALANCE[algorithm].map((line) => `  ${line}`),
    ...(protocol === "http" ? ["  option httpchk", `  http-check send meth GET uri ${checkPath}`, "  http-check expect status 200"] : []),
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

import { edges, each, everyComponents, limits, marked, peers, type Change } from "../common/changes";

/** Another service behind it. */
const another = { endpoint: edges[0], service: "another" };

const one = { namespace: "one", labels: { app: "one" }, ports: [80] };

/** One service, also where a program has several. */
const single = { routes: undefined, backend: { endpoint: one, service: "one", reserve: "one-every" } };

/** TLS as it is where nothing more is said. */
const tls = { certificates: [{ secretName: "site-tls" }] };

/** Every argument changed once, with what has to go for that. */
export const LOAD_BALANCER_CHANGES: Change[] = [
  ...everyComponents("LoadBalancerArgs"),
  ...each("LoadBalancerArgs", {
    algorithm: "roundrobin",
    clientAddress: "header",
    entryLabels: { pool: "edge" },
    nodePort: 31080,
    answerSeconds: 40,
    readAnswerSeconds: 9,
    idempotencyHeader: "X-Once",
    clusterDomain: "cluster.example",
    resources: limits,
    scrapedBy: peers,
    transform: { daemonSet: marked, service: marked },
  }),
  { of: "LoadBalancerArgs", argument: "trustedHops", to: ["192.0.2.0/24"], beside: { clientAddress: "header" } },
  { of: "LoadBalancerArgs", argument: "entryScheme", to: "https", beside: { tls: undefined } },
  {
    of: "LoadBalancerArgs",
    argument: "backend",
    to: another,
    beside: { ...single, backend: { ...another, portName: "web" } },
  },
  { of: "LoadBalancerArgs", argument: "tls", to: tls, beside: { tls: undefined } },
  ...Object.entries({
    certificates: [{ secretName: "other-tls", hosts: ["www.example.com"] }],
    redirect: false,
    hsts: { seconds: 300, subdomains: true },
    port: 8443,
    nodePort: 31443,
  }).map(([name, to]): Change => ({ of: "TlsArgs", argument: `tls.${name}`, to, beside: { tls } })),
  {
    of: "TlsArgs",
    argument: "tls.acme",
    to: { hosts: ["b.example"] },
    beside: { ...single, tls: { acme: { hosts: ["a.example"] } } },
  },
  {
    of: "TlsArgs",
    argument: "tls.authority",
    to: { hosts: ["b.localhost"] },
    beside: { ...single, tls: { authority: { hosts: ["a.localhost"] } } },
  },
  {
    of: "LoadBalancerArgs",
    argument: "routes",
    to: [{ host: "www.example.com", path: "/api", backend: another }, { backend: another }],
    beside: { backend: undefined, tls: undefined, routes: [{ backend: another }] },
  },
  ...Object.entries({
    endpoint: edges[0],
    service: "another",
    reserve: "another-every",
    portName: "web",
    protocol: "grpc",
    checkPath: "/up",
    checkHeaders: { Host: "app.example" },
    maxServers: 70,
  }).map(([name, to]): Change => ({ of: "Backend", argument: `backend.${name}`, to, beside: single })),
];

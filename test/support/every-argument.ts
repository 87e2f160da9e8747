/** One argument of a component at another value, and what of the cluster has to go for that. */
export interface Change {
  /** Interface that declares the argument. */
  of: string;
  /** Path of the argument in the component's arguments, `storage.size`. */
  argument: string;
  to: unknown;
  /** What has to be set with it. @default nothing */
  beside?: Record<string, unknown>;
  /** What serves or holds data and can't stay, by kind; everything of the component, or nothing. @default nothing */
  takes?: "everything" | string[];
  /** Why it can't, and what happens to data; for the page. */
  because?: string;
}

const peers = [{ namespace: "other", labels: { app: "another" } }];
const outside = [{ host: "api.example.com", port: 443, why: "payments" }];
const marked = (args: any): any => ({ ...args, metadata: { ...args.metadata, annotations: { ...args.metadata?.annotations, mine: "1" } } });
const limits = { requests: { cpu: "150m", memory: "300Mi" }, limits: { cpu: "900m", memory: "600Mi" } };
const edges = [{ namespace: "other", labels: { app: "another" }, ports: [8000] }];
const moved = "an object can't move to another namespace";
const volumes = "Kubernetes lets no StatefulSet change its volumes";

/** What every component takes. */
const common = (of: string): Change[] => [
  { of, argument: "namespace", to: "elsewhere", takes: "everything", because: `${moved}: volumes stay behind, the new ones are empty` },
  { of, argument: "outside", to: outside },
];
const set = (of: string, args: Record<string, unknown>): Change[] => Object.entries(args).map(([argument, to]) => ({ of, argument, to }));

const WEB: Change[] = [
  ...common("WebServiceArgs"),
  ...set("WebServiceArgs", {
    image: "registry.example/web:2", command: ["serve"], port: 8080, protocol: "grpc",
    load: { rate: 80, peakRate: 300, serviceTimeMs: 20, cpuTimeMs: 9 }, slo: { percentile: 95, latencyMs: 300 }, topology: { zones: 3 },
    replicas: { min: 4, max: 8, targetCpuPercent: 50 }, resources: limits, config: { ANOTHER: "1" },
    secretMounts: [{ name: "other", secretName: "other", mountPath: "/run/secrets/other" }],
    livePath: "/live", readyPath: "/ready", probeHeaders: { Host: "shop.example" }, metrics: false, metricsPort: 9100, metricsPath: "/stats",
    panels: [{ title: "Queue", unit: "short", queries: [["queue_length", "{{pod}}"]] }],
    drainSeconds: 40, clients: peers, scrapedBy: peers, uses: edges, transform: { deployment: marked, autoscaler: marked, service: marked },
  }),
  { of: "WebServiceArgs", argument: "migration", to: { command: ["migrate"], uses: edges } },
  ...Object.entries({
    command: ["migrate", "2"], reads: ["SETTING"], env: { A: "1" }, uses: [], outside,
    secretMounts: [{ name: "owner", secretName: "owner", mountPath: "/run/secrets/owner" }],
  }).map(([name, to]): Change => ({
    of: "Migration", argument: `migration.${name}`, to, beside: { config: { SETTING: "1" }, "migration.command": ["migrate"], "migration.uses": edges },
  })),
];

const BALANCER: Change[] = [
  ...common("LoadBalancerArgs"),
  ...set("LoadBalancerArgs", {
    algorithm: "roundrobin", clientAddress: "header", entryScheme: "https", entryLabels: { pool: "edge" }, nodePort: 31080,
    answerSeconds: 40, readAnswerSeconds: 9, idempotencyHeader: "X-Once", clusterDomain: "cluster.example", resources: limits,
    scrapedBy: peers, transform: { daemonSet: marked, service: marked },
  }),
  { of: "LoadBalancerArgs", argument: "trustedHops", to: ["192.0.2.0/24"], beside: { clientAddress: "header" } },
  { of: "LoadBalancerArgs", argument: "backend", to: { endpoint: edges[0], service: "another" } },
  ...Object.entries({
    endpoint: edges[0], service: "another", reserve: "another-every", portName: "web", protocol: "grpc", checkPath: "/up",
    checkHeaders: { Host: "shop.example" }, maxServers: 70,
  }).map(([name, to]): Change => ({ of: "Backend", argument: `backend.${name}`, to })),
];

const POOLER = { replicas: 3, poolSize: 9, maxClientConnections: 700, holdSeconds: 5, clients: peers };
const FAILOVER = { loopWait: 2 };
const STORE = { bucket: "b", region: "r", endpoint: "s3.example.com", secretName: "store" };

const POSTGRES: Change[] = [
  ...common("PostgresArgs"),
  ...set("PostgresArgs", {
    image: "registry.example/postgres:2", replicas: 5, durability: "preferred", resources: limits, maxConnections: 150,
    parameters: { work_mem: "16MB" }, failover: FAILOVER, antiAffinity: "preferred", passwordGeneration: 2, clients: peers, scrapedBy: peers,
    pooler: POOLER, transform: { statefulSet: marked, pooler: marked, readPooler: marked },
  }),
  { of: "PostgresArgs", argument: "database", to: "another" },
  {
    of: "PostgresArgs", argument: "readPooler", to: false, takes: ["Service", "Service", "Service", "StatefulSet"],
    because: "it is not wanted any more; it holds no data",
  },
  ...Object.entries(POOLER).flatMap(([name, to]): Change[] => ["pooler", "readPooler"].map((pooler) => ({
    of: "PoolerArgs", argument: `${pooler}.${name}`, to, beside: { maxConnections: 200 },
  }))),
  { of: "StorageArgs", argument: "storage.retain", to: false },
  {
    of: "StorageArgs", argument: "storage.size", to: "50Gi", takes: ["StatefulSet", "StatefulSet"],
    because: `${volumes}: the members', and the backups', which are twice as large`,
  },
  { of: "StorageArgs", argument: "storage.className", to: "fast", takes: ["StatefulSet"], because: volumes },
  { of: "PostgresArgs", argument: "backup", to: { retainFull: 3 } },
  ...Object.entries({ schedule: "17 3 * * *", retainFull: 4 }).map(([name, to]): Change => ({ of: "BackupArgs", argument: `backup.${name}`, to })),
  { of: "BackupArgs", argument: "backup.size", to: "70Gi", takes: ["StatefulSet"], because: `${volumes}: the backups'` },
  { of: "BackupArgs", argument: "backup.className", to: "fast", takes: ["StatefulSet"], because: `${volumes}: the backups'` },
  {
    of: "BackupArgs", argument: "backup.objectStore", to: STORE, takes: ["Service", "StatefulSet"],
    because: "the repository's host is not needed any more; its volume, with the backups on it, stays",
  },
  ...Object.entries({ ...STORE, bucket: "c", cidr: "10.9.0.0/24", uriStyle: "path", region: "s", endpoint: "s3.example.net", secretName: "other" })
    .map(([name, to]): Change => ({ of: "ObjectStore", argument: `backup.objectStore.${name}`, to, beside: { "backup.objectStore": STORE } })),
];

const REDIS: Change[] = [
  ...common("RedisArgs"),
  ...set("RedisArgs", {
    replicas: 4, maxmemory: 128, evictionPolicy: "noeviction", strictSpread: true, passwordGeneration: 2, clients: peers, scrapedBy: peers,
    transform: { server: marked, sentinel: marked },
  }),
  { of: "RedisArgs", argument: "persistence", to: "none", takes: ["StatefulSet"], because: `${volumes}: the data goes` },
  { of: "RedisArgs", argument: "storage", to: { size: "3Gi" }, takes: ["StatefulSet"], because: `${volumes}: the data goes` },
];

const MONITORING: Change[] = [
  ...common("MonitoringArgs"),
  ...set("MonitoringArgs", {
    observe: [], slos: [{ name: "shop", objective: 0.99, total: "all_total", bad: "bad_total" }], watched: ["shop", "other"],
    prometheusReplicas: 2, alertmanagerReplicas: 3, scrapeIntervalSeconds: 30, webhook: "https://hooks.example.com/2", clients: peers,
    transform: { prometheus: marked, alertmanager: marked, nodeExporter: marked, kubeStateMetrics: marked },
  }),
  {
    of: "MonitoringArgs", argument: "receiver", to: { namespace: "other", labels: { app: "relay" }, ports: [8080] },
    beside: { webhook: "http://relay.other:8080/" },
  },
  { of: "MonitoringArgs", argument: "storage", to: { size: "20Gi" }, takes: ["StatefulSet"], because: `${volumes}: the series go` },
  {
    of: "MonitoringArgs", argument: "nodeNamespace", to: "somewhere-node", takes: ["DaemonSet", "Namespace"],
    because: `${moved}: the namespace is node-exporter's own, and holds no data`,
  },
];

/** Every argument of every component, each once, by component. */
export const CHANGES: Record<"WebService" | "LoadBalancer" | "Postgres" | "Redis" | "Monitoring", Change[]> = {
  WebService: WEB, LoadBalancer: BALANCER, Postgres: POSTGRES, Redis: REDIS, Monitoring: MONITORING,
};

/** Arguments with the value at a path another one. */
function withValue(args: Record<string, any>, [first, ...rest]: string[], to: unknown): Record<string, any> {
  if (rest.length === 0) return { ...args, [first!]: to };
  const inside = typeof args[first!] === "object" ? args[first!] : {};
  return { ...args, [first!]: withValue(inside, rest, to) };
}

/** A component's arguments with one of them changed, or with only what the change needs beside it. */
export function changed(args: Record<string, any>, { argument, to, beside = {} }: Change, only: "beside" | "all" = "all"): Record<string, any> {
  const ready = Object.entries(beside).reduce((made, [path, value]) => withValue(made, path.split("."), value), args);
  return only === "beside" ? ready : withValue(ready, argument.split("."), to);
}

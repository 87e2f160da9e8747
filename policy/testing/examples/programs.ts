import { budget, configMap, deployment, mounting, object, service, statefulSet } from "../objects";
import type { Examples } from "./example";

const dynamic = {
  ttl: 20,
  loop_wait: 3,
  retry_timeout: 6,
  synchronous_mode: "quorum",
  synchronous_mode_strict: true,
  synchronous_node_count: 1,
  postgresql: { parameters: { max_connections: 100, shared_buffers: "128MB", max_slot_wal_keep_size: "512MB" } },
};
const member = { scope: "db", kubernetes: { use_endpoints: true }, postgresql: { listen: "0.0.0.0:5432" } };

/** A Patroni cluster of three whose shared configuration differs in what a test changes. */
function cluster(change: object = {}, parameters: object = {}, replicas = 3) {
  const config = {
    ...dynamic,
    ...change,
    postgresql: { parameters: { ...dynamic.postgresql.parameters, ...parameters } },
  };
  return [
    statefulSet("db", {
      spec: { replicas, volumeClaimTemplates: [{ spec: { resources: { requests: { storage: "2Gi" } } } }] },
      container: { resources: { limits: { memory: "512Mi" } } },
      ...mounting("db"),
    }),
    configMap("db", { "dynamic.json": JSON.stringify(config), "member.json": JSON.stringify(member) }),
  ];
}
const held = (...suffixes: string[]) => suffixes.map((suffix) => service(`db${suffix}`, 5432, { selector: undefined }));
const pooler = (options: object) => [
  statefulSet("pooler", {
    spec: { replicas: 2 },
    ...mounting("pooler"),
    container: { env: [{ name: "DB_HOST", value: "db-primary:5432" }] },
  }),
  configMap("pooler", {
    "pgbouncer.ini": [
      "[databases]",
      "* = host=db",
      "",
      "[pgbouncer]",
      ...Object.entries(options).map(([key, value]) => `${key} = ${value}`),
      "",
    ].join("\n"),
  }),
  service("db-primary", 5432, {}, "db"),
  service("pooler", 6432),
];
const caller = (pool: number, host = "pooler:6432", replicas = 4) =>
  deployment("web", {
    spec: { replicas },
    container: {
      env: [
        { name: "DB_POOL_MAX", value: String(pool) },
        { name: "DB_HOST", value: host },
      ],
    },
  });

const secondGeneration = object("Secret", "db-app-2", {
  metadata: { annotations: { "holdfast.dev/database-user": "app_2" } },
  stringData: { password: "x" },
});
const reading = { pod: { volumes: [{ name: "db", secret: { secretName: "db-app-2" } }] } };

const redis = (lines: string, replicas = 3) => [
  statefulSet("redis", {
    spec: { replicas },
    container: { resources: { limits: { memory: "200Mi" } } },
    ...mounting("redis"),
  }),
  configMap("redis", { "redis.conf": `appendonly yes\n${lines}\n` }),
];
const sentinel = (replicas: number, quorum: number) => [
  statefulSet("sentinel", { spec: { replicas }, ...mounting("sentinel") }),
  configMap("sentinel", { "sentinel.conf": `sentinel monitor main 10.0.0.1 6379 ${quorum}\n` }),
];

const haproxy = (config: string) => [deployment("lb", mounting("lb")), configMap("lb", { "haproxy.cfg": config })];
const balanced = `
defaults
  timeout connect 500ms
  option redispatch 1
resolvers cluster
  accepted_payload_size 8192
  hold nx 1h
  hold other 1h
  hold refused 1h
  hold timeout 1h
frontend clients
  bind :8080
backend servers
  balance source
  hash-type consistent
  server-template web 1-10 _http._tcp.web.shop.svc.cluster.local check resolvers cluster
`;

const rules = (...list: object[]) =>
  configMap("rules", { "rules.yml": JSON.stringify({ groups: [{ name: "g", rules: list }] }) });
const prometheus = [
  deployment("prometheus", mounting("prometheus")),
  configMap("prometheus", { "prometheus.yml": "global: {scrape_interval: 60s}\nscrape_configs: [{job_name: web}]" }),
];
const annotations = { summary: "web is down", runbook_url: "https://example.org/web" };

/** Examples of the rules that read the configuration of programs. */
export const programExamples: Examples = {
  "postgres-quorum-agrees": {
    bad: [
      cluster({ synchronous_mode: false }),
      [...cluster({ synchronous_node_count: 2 }), budget("db")],
      cluster({}, {}, 1),
    ],
    good: [[...cluster(), budget("db")], cluster({ synchronous_mode: "off", synchronous_mode_strict: false }, {}, 1)],
  },
  "patroni-timing": {
    bad: [cluster({ retry_timeout: 10 }), cluster({ ttl: 15, loop_wait: 1, retry_timeout: 3 })],
    good: [cluster()],
  },
  "patroni-endpoints-owned": {
    bad: [
      [...cluster(), ...held("", "-config", "-sync")],
      [...cluster(), service("db", 5432), ...held("-config", "-sync", "-failover")],
    ],
    good: [[...cluster(), ...held("", "-config", "-sync", "-failover")]],
  },
  "postgres-wal-bounded": {
    bad: [cluster({}, { max_slot_wal_keep_size: "-1" }), cluster({}, { max_slot_wal_keep_size: "2GB" })],
    good: [cluster()],
  },
  "postgres-memory-fits": {
    bad: [cluster({}, { shared_buffers: "400MB" }), cluster({}, { work_mem: "1GB" })],
    good: [cluster(), cluster({}, { work_mem: "64MB" })],
  },
  "connections-fit": {
    bad: [
      [...cluster(), ...pooler({ max_db_connections: 50 })],
      [...cluster(), ...pooler({ default_pool_size: 10, max_client_conn: 30 }), caller(10)],
      [...cluster(), service("db-primary", 5432, {}, "db"), caller(30, "db-primary:5432")],
    ],
    good: [[...cluster(), ...pooler({ max_db_connections: 20, max_client_conn: 100 }), caller(10)]],
  },
  "database-user-from-its-secret": {
    bad: [
      [secondGeneration, deployment("web", { ...reading, container: { env: [{ name: "DB_USER", value: "app" }] } })],
      [
        secondGeneration,
        deployment("web", {
          ...reading,
          container: { env: [{ name: "DATABASE_URL", value: "postgresql://app@db:6432/shop" }] },
        }),
      ],
      [
        secondGeneration,
        deployment("web", { ...reading, container: { args: ["--dsn", "host=db user=app_3 dbname=shop"] } }),
      ],
    ],
    good: [
      [
        secondGeneration,
        deployment("web", {
          ...reading,
          container: {
            env: [
              { name: "DB_USER", value: "app_2" },
              { name: "TIER", value: "app" },
            ],
          },
        }),
      ],
      [
        secondGeneration,
        deployment("web", { ...reading, container: { env: [{ name: "SMTP_USER", value: "mailer" }] } }),
      ],
      [secondGeneration, deployment("other", { container: { env: [{ name: "DB_USER", value: "app" }] } })],
    ],
  },
  "redis-memory-fits": { bad: [redis("save 60 1"), redis("maxmemory 190mb")], good: [redis("maxmemory 96mb")] },
  "redis-writes-replicated": {
    bad: [redis("maxmemory 96mb"), redis("min-replicas-to-write 3")],
    good: [redis("min-replicas-to-write 1"), redis("maxmemory 96mb", 1)],
  },
  "sentinel-majority": {
    bad: [sentinel(2, 1), sentinel(3, 1), sentinel(3, 3)],
    good: [sentinel(3, 2), sentinel(5, 3)],
  },
  "balancer-leaves-dead-servers": {
    bad: [
      haproxy(balanced.replace(" check ", " ")),
      haproxy(balanced.replace("500ms", "10s")),
      haproxy(balanced.replace("  option redispatch 1\n", "")),
    ],
    good: [haproxy(balanced)],
  },
  "balancer-survives-dns": {
    bad: [haproxy(balanced.replace("hold timeout 1h", "hold timeout 10s")), haproxy(balanced.replace("8192", "512"))],
    good: [haproxy(balanced), haproxy(balanced.replace(/^resolvers[\s\S]*?(?=^frontend)/m, ""))],
  },
  "balancer-source-agrees": {
    bad: [haproxy(balanced.replace("  hash-type consistent\n", ""))],
    good: [
      haproxy(balanced),
      haproxy(balanced.replace("balance source\n  hash-type consistent", "balance roundrobin")),
    ],
  },
  "alert-for-every-workload": {
    bad: [[deployment("web"), rules({ alert: "Down", expr: 'up{job="web-canary"} == 0' })]],
    good: [
      [deployment("web"), rules({ alert: "Down", expr: 'up{job="web"} == 0' })],
      [
        deployment("web"),
        ...prometheus,
        rules({ alert: "Down", expr: "up == 0" }, { alert: "Prometheus", expr: "prometheus_up" }),
      ],
      [deployment("web")],
    ],
  },
  "rates-span-scrapes": {
    bad: [[...prometheus, rules({ alert: "Errors", expr: "rate(errors_total[1m]) > 0" })]],
    good: [
      [...prometheus, rules({ alert: "Errors", expr: "rate(errors_total[2m]) > 0" })],
      [rules({ alert: "Errors", expr: "rate(errors_total[1m]) > 0" })],
    ],
  },
  "alerts-actionable": {
    bad: [
      [rules({ alert: "Down", expr: "up == 0" })],
      [rules({ alert: "Down", expr: "up == 0", annotations: { summary: "down" } })],
    ],
    good: [[rules({ alert: "Down", expr: "up == 0", annotations }, { record: "a:b", expr: "up" })]],
  },
};

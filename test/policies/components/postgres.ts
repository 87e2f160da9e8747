import type { Examples } from "../examples/example";
import type { Mutant, Mutations } from "../mutations";
import { budget, configMap, deployment, mounting, object, service, statefulSet } from "../objects";

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
const pooler = (options: object, further = 0) => [
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
    "databases.json": JSON.stringify([{ name: "db" }, ...(further ? [{ name: "more", connections: further }] : [])]),
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

/** What keeps and what breaks each rule. */
export const postgresExamples: Examples = {
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
      [...cluster(), ...pooler({ max_db_connections: 20 }, 30)],
      [...cluster(), ...pooler({ default_pool_size: 10, max_client_conn: 30 }), caller(10)],
      [...cluster(), service("db-primary", 5432, {}, "db"), caller(30, "db-primary:5432")],
    ],
    good: [[...cluster(), ...pooler({ max_db_connections: 20, max_client_conn: 100 }, 10), caller(10)]],
  },
  "database-user-from-its-secret": {
    bad: [
      [secondGeneration, deployment("web", { ...reading, container: { env: [{ name: "DB_USER", value: "app" }] } })],
      [
        secondGeneration,
        deployment("web", {
          ...reading,
          container: { env: [{ name: "DATABASE_URL", value: "postgresql://app@db:6432/main" }] },
        }),
      ],
      [
        secondGeneration,
        deployment("web", { ...reading, container: { args: ["--dsn", "host=db user=app_3 dbname=main"] } }),
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
};

const patroni = (from: string | RegExp, to: string) => (mutant: Mutant) =>
  mutant.edit("postgres-dynamic", "dynamic.json", from, to);
/** How each rule is broken in this repository's own stack. */
export const postgresMutations: Mutations = {
  "postgres-quorum-agrees": patroni('"synchronous_node_count": 1', '"synchronous_node_count": 2'),
  "patroni-timing": patroni(/"retry_timeout": \d+/, '"retry_timeout": 15'),
  "patroni-endpoints-owned": (mutant) => mutant.remove("Service", "postgres-sync"),
  "postgres-wal-bounded": patroni(/"max_slot_wal_keep_size": "[^"]*"/, '"max_slot_wal_keep_size": "-1"'),
  "postgres-memory-fits": patroni(/"shared_buffers": "[^"]*"/, '"shared_buffers": "64GB"'),
  "database-user-from-its-secret": (mutant) => {
    mutant.props("Secret", "postgres-app-1").metadata.annotations["holdfast.dev/database-user"] = "app_2";
  },
  "connections-fit": patroni(/"max_connections": \d+/, '"max_connections": 40'),
};

import { each, everyComponents, limits, marked, peers, VOLUMES, type Change } from "../common/changes";

const POOLER = { replicas: 3, poolSize: 9, maxClientConnections: 700, holdSeconds: 5, clients: peers };
const FAILOVER = { loopWait: 2 };
const STORE = { bucket: "b", region: "r", endpoint: "s3.example.com", secretName: "store" };

/** Every argument changed once, with what has to go for that. */
export const POSTGRES_CHANGES: Change[] = [
  ...everyComponents("PostgresArgs"),
  ...each("PostgresArgs", {
    image: "registry.example/postgres:2",
    replicas: 5,
    durability: "preferred",
    resources: limits,
    maxConnections: 150,
    parameters: { work_mem: "16MB" },
    failover: FAILOVER,
    antiAffinity: "preferred",
    passwordGeneration: 2,
    clients: peers,
    scrapedBy: peers,
    pooler: POOLER,
    transform: { statefulSet: marked, pooler: marked, readPooler: marked },
  }),
  { of: "PostgresArgs", argument: "database", to: "another" },
  { of: "PostgresArgs", argument: "databases", to: { reports: {} } },
  {
    of: "PostgresArgs",
    argument: "roles",
    to: { analyst: { reads: ["blog"] } },
    beside: { databases: { blog: {} } },
  },
  ...Object.entries({ owner: "reporting", extensions: ["pg_trgm"], connections: 3 }).map(
    ([name, to]): Change => ({
      of: "DatabaseArgs",
      argument: `databases.reports.${name}`,
      to,
      beside: { "databases.reports": {} },
    }),
  ),
  ...Object.entries({ reads: ["blog"], connections: 3 }).map(
    ([name, to]): Change => ({
      of: "RoleArgs",
      argument: `roles.analyst.${name}`,
      to,
      beside: { databases: { reports: {}, blog: {} }, "roles.analyst": { reads: ["reports", "blog"] } },
    }),
  ),
  {
    of: "PostgresArgs",
    argument: "readPooler",
    to: false,
    takes: ["Service", "Service", "Service", "StatefulSet"],
    because: "it is not wanted any more; it holds no data",
  },
  ...Object.entries(POOLER).flatMap(([name, to]): Change[] =>
    ["pooler", "readPooler"].map((pooler) => ({
      of: "PoolerArgs",
      argument: `${pooler}.${name}`,
      to,
      beside: { maxConnections: 200 },
    })),
  ),
  { of: "StorageArgs", argument: "storage.retain", to: false },
  {
    of: "StorageArgs",
    argument: "storage.size",
    to: "50Gi",
    takes: ["StatefulSet", "StatefulSet"],
    because: `${VOLUMES}: the members', and the backups', which are twice as large`,
  },
  { of: "StorageArgs", argument: "storage.className", to: "fast", takes: ["StatefulSet"], because: VOLUMES },
  { of: "PostgresArgs", argument: "backup", to: { retainFull: 3 } },
  ...Object.entries({ schedule: "17 3 * * *", retainFull: 4 }).map(
    ([name, to]): Change => ({ of: "BackupArgs", argument: `backup.${name}`, to }),
  ),
  {
    of: "BackupArgs",
    argument: "backup.size",
    to: "70Gi",
    takes: ["StatefulSet"],
    because: `${VOLUMES}: the backups'`,
  },
  {
    of: "BackupArgs",
    argument: "backup.className",
    to: "fast",
    takes: ["StatefulSet"],
    because: `${VOLUMES}: the backups'`,
  },
  {
    of: "BackupArgs",
    argument: "backup.objectStore",
    to: STORE,
    takes: ["Service", "StatefulSet"],
    because: "the repository's host is not needed any more; its volume, with the backups on it, stays",
  },
  ...Object.entries({
    ...STORE,
    bucket: "c",
    cidr: "10.9.0.0/24",
    uriStyle: "path",
    region: "s",
    endpoint: "s3.example.net",
    secretName: "other",
  }).map(
    ([name, to]): Change => ({
      of: "ObjectStore",
      argument: `backup.objectStore.${name}`,
      to,
      beside: { "backup.objectStore": STORE },
    }),
  ),
];

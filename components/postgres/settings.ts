import { PODS_PER_POOLER } from "../../planner/plan/pools";
import { LEAST } from "../../planner/plan/sizes";
import type {
  BackupArgs,
  ContainerResources,
  DatabaseArgs,
  FailoverSettings,
  ObjectStore,
  PoolerArgs,
  PostgresArgs,
  RoleArgs,
  StorageArgs,
} from "./args";
import { POOLER_PORTS, PORTS, ROLES } from "./names";

const RESOURCES: ContainerResources = {
  requests: { cpu: "200m", memory: "256Mi" },
  limits: { cpu: "1", memory: "512Mi" },
};

/** How fast and how safely it fails over; the reasons are with what a caller may say (args.ts). */
export const FAILOVER_DEFAULTS: FailoverSettings = {
  ttl: 20,
  loopWait: 1,
  retryTimeout: 5,
  guardMargin: 0.8,
  primaryStartTimeout: 0,
  primaryStopTimeout: 10,
  walTimeout: 5,
  walRetryMs: 200,
  maximumLagBytes: 1_048_576,
  pauseDeadlineMs: 10_000,
  calmSeconds: 60,
  poolerStaySeconds: 45,
};

/** What an argument is where the caller says nothing, by interface; the reference is rendered from it. */
export const DEFAULTS = {
  PostgresArgs: {
    replicas: 3,
    durability: "required",
    database: "online_shop",
    resources: RESOURCES,
    maxConnections: LEAST.maxConnections,
    antiAffinity: "required",
    passwordGeneration: 1,
  },
  // 30 s to hold a statement: longer than the worst failover, shorter than a person's patience.
  PoolerArgs: { replicas: PODS_PER_POOLER, poolSize: LEAST.poolSize, maxClientConnections: 500, holdSeconds: 30 },
  // A small program, and a person with two windows.
  DatabaseArgs: { connections: 5 },
  RoleArgs: { connections: 2 },
  StorageArgs: { size: "5Gi", retain: true },
  BackupArgs: { schedule: "17 2 * * *", retainFull: 7 },
  ObjectStore: { uriStyle: "host" },
  FailoverSettings: FAILOVER_DEFAULTS,
} as const satisfies {
  PostgresArgs: Partial<PostgresArgs>;
  PoolerArgs: PoolerArgs;
  DatabaseArgs: DatabaseArgs;
  RoleArgs: Partial<RoleArgs>;
  StorageArgs: StorageArgs;
  BackupArgs: BackupArgs;
  ObjectStore: Partial<ObjectStore>;
  FailoverSettings: FailoverSettings;
};

/**
 * Data volumes that the backups' volume holds unless its size is stated: two full backups, or one and a week of WAL.
 */
export const REPOSITORY_VOLUMES = 2;

/** PostgreSQL's major version, which the image has (image/Dockerfile). */
export const POSTGRES_MAJOR = 17;

/** Extensions that the image has: PostgreSQL's own, which Debian's package of the server carries, and pgvector. */
export const EXTENSIONS: readonly string[] = (
  "amcheck bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance fuzzystrmatch hstore intarray " +
  "isn lo ltree moddatetime pg_buffercache pg_freespacemap pg_prewarm pg_stat_statements pg_trgm pg_visibility pgcrypto " +
  "pgrowlocks pgstattuple postgres_fdw seg sslinfo tablefunc tcn tsm_system_rows tsm_system_time unaccent uuid-ossp " +
  "vector xml2"
).split(" ");

/** Databases that PostgreSQL or PgBouncer has, and words that stand for databases in `pg_hba.conf`. */
export const RESERVED_DATABASES: readonly string[] =
  "postgres template0 template1 pgbouncer all sameuser samerole samegroup replication".split(" ");

/**
 * Roles of the component's, names that both programs or their lists have a meaning for, and `superuser`, whose key in
 * the Secret is taken.
 */
export const RESERVED_ROLES: readonly string[] = [
  ...Object.values(ROLES),
  ..."superuser pgbouncer stats public none all user current_user current_role session_user".split(" "),
];

/**
 * Least seconds that a statement may be held: a planned hand-over takes 1 to 2 s, and with less each would fail
 * statements.
 */
export const LEAST_HOLD_SECONDS = 3;

/**
 * Seconds for a connection to one pooler pod before the next is tried, libpq's least; without it a dead node costs
 * minutes.
 */
export const CONNECT_SECONDS = 2;

/** Seconds a stopping pooler waits for transactions in progress. */
export const POOLER_DRAIN_SECONDS = 10;

/**
 * Share of the data volume that WAL waiting for the archive may fill before it is given up to keep the database
 * running.
 */
export const QUEUE_SHARE = 0.25;

/**
 * Seconds a new primary's archive lets pass before it starts: pgBackRest would take the CPU from callers who wait for
 * that primary.
 */
export const HISTORY_PAUSE_SECONDS = 3;

/** Seconds a backup may take before it is ended, six hours; the next night's would be in its way. */
export const BACKUP_SECONDS = 6 * 3600;

/** Hours after which a nightly backup is late: a day, and time for the backup itself. */
export const BACKUP_LATE_HOURS = 26;

/** Share of `max_connections` from which the next burst is refused. */
export const CONNECTIONS_SHARE = 0.9;

/**
 * Log-ins of a caller, which take turns from one generation of passwords to the next. PostgreSQL and PgBouncer keep one
 * password for a role; with three, the generation before, this one and the next are let in at the same time.
 */
export const LOGIN_TURNS = 3;

/** MiB that a standby may be behind: further, and it serves no reads and holds up a rollout until it has caught up. */
export const READ_LAG_MIB = 16;

/**
 * Seconds after which PostgreSQL closes a segment that is not full: the most that a restore from the archive alone can
 * lose.
 */
export const ARCHIVE_TIMEOUT_SECONDS = 60;

/**
 * Seconds a hole in the archive must stay before a backup is taken: a former primary that is back still sends what it
 * owes.
 */
const HEAL_AFTER_SECONDS = 300;

/** Bytes a standby may be behind before somebody is told: what the agents call unfit for reads, four times over. */
export const LAG_BYTES = 4 * READ_LAG_MIB * 2 ** 20;

/**
 * Minutes a hole in the archive stays before somebody is told: sooner than the backup that is then taken by itself can
 * end it.
 */
export const GAP_MINUTES = HEAL_AFTER_SECONDS / 60 - 1;

/** Seconds that WAL may wait for the archive: a failover, or a repository that starts anew, takes fewer. */
export const ARCHIVE_BEHIND_SECONDS = 5 * ARCHIVE_TIMEOUT_SECONDS;

/** Hours before a volume is full at which somebody is called: enough to make it larger, or to find what fills it. */
export const FILLING_HOURS = 6;
/** Free share of a volume above which nobody is: an hour's pace, of a backup or an import, says little as yet. */
export const FILLING_FREE_SHARE = 0.4;
/** Free share of a volume below which somebody is called at any pace. */
export const FULL_FREE_SHARE = 0.1;

/** Seconds that a caller may wait for a pooler's connection: a failover takes less, and is over when this is seen. */
export const POOLER_WAIT_SECONDS = 5;

/** Seconds that members without Patroni's state wait for the others' positions; a node may be gone for good. */
export const COLD_START_SECONDS = 90;

/**
 * Seconds a member that isn't running may read its log while a person waits: at most 1 GiB, and a slow disk reads 50
 * MB/s.
 */
const SURVEY_LOG_SECONDS = 40;

/**
 * Seconds a member gets to say what it holds: of a lost node the API gives up after 30, and the rest is for the way
 * there.
 */
export const SURVEY_SECONDS = SURVEY_LOG_SECONDS + 35;

/**
 * Timelines passed over where nobody tells which are used up. Each stands for a promotion that nobody saw who is
 * there; there are never more than a few in a row, and a number that is left out costs nothing.
 */
export const UNSEEN_TIMELINES = 10;

/**
 * Seconds the agent gives the switchover of a pod that is to end, and as many to find a successor; past it, it ends as
 * it is.
 */
export const HAND_OVER_SECONDS = 15;

/**
 * Seconds a candidate tries to become safe; a failed try costs the cluster a whole `ttl`, and the lock lives that long.
 */
const FENCE_SECONDS = 8;

/** Seconds a switchover by command may take to be answered, and as many until the new primary leads. */
const SWITCHOVER_SECONDS = 30;

/** Seconds for Patroni's answer to a person's order: it looks for the new leader twenty times, once a second. */
const ORDER_ANSWER_SECONDS = 30;

/** Seconds a promotion takes on a slow machine. */
const SLOW_PROMOTION_SECONDS = 42;

/**
 * Steps in which a pooler that is to end closes its callers' connections, and seconds for each: PgBouncer looks three
 * times a second.
 */
export const LET_GO_STEPS = 12;
export const LET_GO_STEP_SECONDS = 0.7;

/**
 * Seconds the kubelet's hook waits longer than what it asks the agent for, so that the agent's answer is never cut off.
 */
export const HOOK_MARGIN_SECONDS = 3;

/** Seconds for the quorum to take a member back in before a rollout takes the next one. */
export const SETTLED_SECONDS = 5;

/** Seconds between two startup probes, and seconds for Patroni to answer once a cold start has let it begin. */
export const STARTUP_PERIOD = 2;
export const STARTUP_SECONDS = 30;

/** Seconds between two liveness probes. */
export const LIVENESS_PERIOD = 5;

/**
 * Every number of the programs in the image (image/holdfast) that somebody else depends on, as their
 * containers' environment has it. What one program alone goes by stands in it, with its reason. None follows from an
 * argument: what can be set is brought to a running cluster, and rolls no pod.
 */
export const AGENT_NUMBERS = {
  // Not `PATRONI_PORT`: what begins like that Patroni reads as its own.
  PORT_POSTGRES: PORTS.postgres,
  PORT_PATRONI: PORTS.patroni,
  PORT_AGENT: PORTS.agent,
  PORT_BACKUP: PORTS.backup,
  PORT_BACKUP_METRICS: PORTS.backupMetrics,
  PORT_POOLER: POOLER_PORTS.pgbouncer,
  LOGIN_TURNS,
  READ_LAG_MIB,
  ARCHIVE_TIMEOUT_SECONDS,
  HEAL_AFTER_SECONDS,
  COLD_START_SECONDS,
  HAND_OVER_SECONDS,
  FENCE_SECONDS,
  SWITCHOVER_SECONDS,
  ORDER_ANSWER_SECONDS,
  // A ttl until a dead holder's lock is free, 20 s until Patroni tries a member again that the fence has refused.
  LEAD_SECONDS: FAILOVER_DEFAULTS.ttl + 20 + FENCE_SECONDS + SLOW_PROMOTION_SECONDS,
  SURVEY_LOG_SECONDS,
  UNSEEN_TIMELINES,
  LET_GO_STEPS,
  LET_GO_STEP_SECONDS,
  // A leader renews every `loopWait` or gives up: a watch of its lock that is silent for longer has lost its
  // connection.
  WATCH_SILENCE_SECONDS: FAILOVER_DEFAULTS.loopWait + FAILOVER_DEFAULTS.retryTimeout,
} as const;

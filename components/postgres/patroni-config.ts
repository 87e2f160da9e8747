import { quantityBytes } from "../../graph/quantity";
import { KEPT_FREE } from "../../planner/plan/pools";
import { ARCHIVE_COMMAND } from "./backup-config";
import type { FailoverSettings, ParameterValue } from "./args";
import type { DatabaseSettings } from "./databases";
import { hbaLines, identLines } from "./hba";
import { DATA_DIRECTORY, databaseLabels, PORTS, ROLES, RUNTIME_DIRECTORY, SOCKET_DIRECTORY } from "./names";
import { ARCHIVE_TIMEOUT_SECONDS, POSTGRES_MAJOR } from "./settings";

/** Patroni finds its pods and its Endpoints by the static labels; this one holds the scope. */
const SCOPE_LABEL = "app.kubernetes.io/name";

/** What the rendered configuration depends on; all of it plain data. */
export interface PatroniSettings {
  /** Scope of the cluster: the StatefulSet's, the Service's and the leader lock's name. */
  name: string;
  databases: DatabaseSettings[];
  /** Members; one alone replicates to nobody, so synchronous mode is off then. */
  replicas: number;
  durability: "required" | "preferred";
  failover: FailoverSettings;
  maxConnections: number;
  /** Memory limit of the database container, for example `512Mi`. */
  memory: string;
  /** Size of the data volume, for example `5Gi`. */
  storage: string;
  /** Settings by the user; they win. */
  parameters: Record<string, ParameterValue>;
}

/** A memory setting of PostgreSQL's in whole megabytes: `128MB`. */
function megabytes(bytes: number): string {
  return `${Math.max(1, Math.floor(bytes / 2 ** 20))}MB`;
}

/** Settings of PostgreSQL that follow from the pod's size and from the failover settings. */
export function postgresParameters(settings: PatroniSettings): Record<string, ParameterValue> {
  const { failover, memory, storage } = settings;
  const memoryBytes = quantityBytes(memory);
  const storageBytes = quantityBytes(storage);
  return {
    max_connections: settings.maxConnections,
    // The agent's and the exporter's way in when callers have used up every connection.
    reserved_connections: KEPT_FREE.watchers,
    superuser_reserved_connections: KEPT_FREE.superuser,
    // A quarter and a half of the memory: PostgreSQL's own advice for a machine of its own.
    shared_buffers: megabytes(memoryBytes / 4),
    effective_cache_size: megabytes(memoryBytes / 2),
    work_mem: "4MB",
    maintenance_work_mem: megabytes(memoryBytes / 16),
    shared_preload_libraries: "pg_stat_statements",
    password_encryption: "scram-sha-256",
    unix_socket_directories: SOCKET_DIRECTORY,
    wal_level: "replica",
    wal_log_hints: "on",
    wal_compression: "lz4",
    max_wal_senders: 10,
    max_replication_slots: 10,
    // A standby that is away keeps WAL back; a full volume stops everything, a lost slot costs one new copy.
    max_slot_wal_keep_size: megabytes(storageBytes / 4),
    wal_keep_size: megabytes(Math.min(256 * 2 ** 20, storageBytes / 16)),
    max_wal_size: megabytes(Math.min(2 ** 30, storageBytes / 8)),
    min_wal_size: "80MB",
    archive_mode: "on",
    archive_command: ARCHIVE_COMMAND,
    // A segment is archived at least this often, which bounds what a restore from the archive alone can lose.
    archive_timeout: `${ARCHIVE_TIMEOUT_SECONDS}s`,
    wal_sender_timeout: `${failover.walTimeout}s`,
    wal_receiver_timeout: `${failover.walTimeout}s`,
    wal_receiver_status_interval: "1s",
    wal_retrieve_retry_interval: `${failover.walRetryMs}ms`,
    tcp_keepalives_idle: failover.walTimeout,
    tcp_keepalives_interval: 1,
    tcp_keepalives_count: 3,
    tcp_user_timeout: failover.walTimeout * 1000,
    hot_standby: "on",
    hot_standby_feedback: "on",
    synchronous_commit: "on",
    idle_in_transaction_session_timeout: "60s",
    track_io_timing: "on",
    log_checkpoints: "on",
    log_lock_waits: "on",
    log_min_duration_statement: "1s",
    log_line_prefix: "%m [%p] %q%u@%d ",
    ...settings.parameters,
  };
}

/**
 * Patroni's dynamic configuration: what the whole cluster shares and what can change while it runs.
 * A new cluster starts with it, and the agent brings a running one to it.
 */
export function dynamicConfig(settings: PatroniSettings): Record<string, unknown> {
  const { failover, replicas, durability } = settings;
  const replicated = replicas > 1;
  return {
    ttl: failover.ttl,
    loop_wait: failover.loopWait,
    retry_timeout: failover.retryTimeout,
    maximum_lag_on_failover: failover.maximumLagBytes,
    primary_start_timeout: failover.primaryStartTimeout,
    primary_stop_timeout: failover.primaryStopTimeout,
    // With the API away the primary goes on as long as every member still answers it (postgres-operator #1631).
    failsafe_mode: replicated,
    synchronous_mode: replicated ? "quorum" : "off",
    synchronous_mode_strict: replicated && durability === "required",
    synchronous_node_count: 1,
    postgresql: {
      use_slots: true,
      use_pg_rewind: true,
      // Patroni never clears a data directory. The agent has a member that can't be rewound copied anew (patroni
      // #3652), and the old data stays until the new one streams (image/holdfast/directory.py).
      remove_data_directory_on_rewind_failure: false,
      remove_data_directory_on_diverged_timelines: false,
      pg_hba: hbaLines(settings.databases),
      pg_ident: identLines(),
      parameters: postgresParameters(settings),
      // No restore_command: a standby would ask the archive in the middle of every failover, and wait for it if it is
      // away.
    },
  };
}

/**
 * One member's own configuration as it stands in the ConfigMap: everything but its name, its addresses and the
 * passwords, which the start script fills in together with the dynamic configuration that a new cluster starts with.
 */
export function memberConfig(settings: PatroniSettings): Record<string, unknown> {
  const hook = (name: string): string => `python3 -S /opt/holdfast/hook.py ${name}`;
  const { [SCOPE_LABEL]: scope, ...labels } = databaseLabels(settings.name);
  return {
    scope,
    log: { level: "INFO" },
    restapi: { listen: `0.0.0.0:${PORTS.patroni}` },
    kubernetes: {
      labels,
      scope_label: SCOPE_LABEL,
      // No label that says who leads: what enforces network policies takes a pod with other labels for another pod, and
      // makes its rules anew on every node, in the middle of a hand-over.
      leader_label_value: null,
      follower_label_value: null,
      standby_leader_label_value: null,
      // Lock and address are one object and move together; a label that selects the primary outlives its node by 50 s.
      use_endpoints: true,
      ports: [{ name: "postgres", port: PORTS.postgres }],
    },
    bootstrap: {
      initdb: [
        "data-checksums",
        { encoding: "UTF8" },
        { "locale-provider": "builtin" },
        { "builtin-locale": "C.UTF-8" },
        { locale: "C.UTF-8" },
      ],
    },
    postgresql: {
      listen: `0.0.0.0:${PORTS.postgres}`,
      data_dir: DATA_DIRECTORY,
      bin_dir: `/usr/lib/postgresql/${POSTGRES_MAJOR}/bin`,
      pgpass: `${RUNTIME_DIRECTORY}/pgpass`,
      use_unix_socket: true,
      use_unix_socket_repl: true,
      authentication: {
        superuser: { username: ROLES.superuser },
        replication: { username: ROLES.replication },
        rewind: { username: ROLES.replication },
      },
      create_replica_methods: ["clone"],
      // It decides by itself what becomes of data that lies there; Patroni would delete it first.
      clone: { command: "python3 -m holdfast.clone", keep_data: true },
      bin_name: { pg_rewind: "/usr/local/bin/pg_rewind" },
      pre_promote: hook("pre-promote"),
      before_stop: hook("before-stop"),
    },
    watchdog: { mode: "off" },
  };
}

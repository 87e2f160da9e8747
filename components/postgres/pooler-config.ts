import type { FailoverSettings } from "./args";
import { callersOf, type DatabaseSettings, type RoleSettings } from "./databases";
import { logins } from "./logins";
import { POOLER_PORTS, ROLES, RUNTIME_DIRECTORY } from "./names";
import { LEAST_HOLD_SECONDS } from "./settings";

/** What a pooler's configuration depends on; plain data. */
export interface PoolerSettings {
  /** The application's own first. */
  databases: DatabaseSettings[];
  roles: RoleSettings[];
  /** Connections one pooler pod holds to the application's own database, all roles together. */
  poolSize: number;
  /** Connections one pooler pod accepts from its callers. */
  maxClientConnections: number;
  /** Seconds a caller's statement may wait here for a connection to the database. */
  holdSeconds: number;
  failover: FailoverSettings;
}

/** @throws Error when statements would be given up in every planned hand-over, or never */
export function checkHold(pooler: string, seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= LEAST_HOLD_SECONDS) return;
  throw new Error(
    `Postgres: holdSeconds of ${pooler} is ${seconds}; it must be a whole number of at least ${LEAST_HOLD_SECONDS}, ` +
      "because a planned hand-over takes up to 2 s and would fail what waits for less.",
  );
}

/**
 * Seconds for a log-in at the database. A new log-in begins only when the one before it is through or given up, and
 * callers fail once one was given up. In front of the primary that is patient: on a starved machine log-ins took longer
 * than 3 s, were thrown away half-made and made anew, and that alone kept it starved; and of a leader that is gone the
 * agent takes the address away, with the log-ins at it. Replicas are several, and one of them may be dead for a while
 * before anybody knows.
 */
const LOGIN_SECONDS = { primary: 10, replicas: 3 };

/**
 * `pgbouncer.ini` without the database's address and without passwords: those two change while it runs, so the agent
 * beside the pooler writes them into files of their own that this one includes.
 */
export function pgbouncerIni(settings: PoolerSettings, target: keyof typeof LOGIN_SECONDS): string {
  const { failover, poolSize } = settings;
  const options: Record<string, string | number> = {
    listen_addr: "0.0.0.0",
    listen_port: POOLER_PORTS.pgbouncer,
    unix_socket_dir: RUNTIME_DIRECTORY,
    auth_type: "hba",
    auth_hba_file: `${RUNTIME_DIRECTORY}/hba.conf`,
    auth_file: `${RUNTIME_DIRECTORY}/userlist.txt`,
    stats_users: "stats",
    pool_mode: "transaction",
    default_pool_size: poolSize,
    // For all users together: while callers roll from one log-in to the next, idle connections of one make way for the
    // other.
    max_db_connections: poolSize,
    // Warm connections: the first statements after a failover find one instead of waiting for a log-in.
    min_pool_size: Math.min(2, poolSize),
    max_client_conn: settings.maxClientConnections,
    max_prepared_statements: 200,
    ignore_startup_parameters: "extra_float_digits",
    // After a refused connection: statements fail rather than wait until the next attempt succeeds, so it comes soon.
    server_login_retry: 0.2,
    server_connect_timeout: LOGIN_SECONDS[target],
    query_wait_timeout: settings.holdSeconds,
    // A change of address closes session-pooled connections at the end of their transaction, too.
    server_fast_close: 1,
    server_idle_timeout: 300,
    tcp_keepalive: 1,
    tcp_keepidle: failover.walTimeout,
    tcp_keepintvl: 1,
    tcp_keepcnt: 3,
    tcp_user_timeout: failover.walTimeout * 1000,
    log_connections: 0,
    log_disconnections: 0,
    log_stats: 0,
  };
  return [
    "[databases]",
    `%include ${RUNTIME_DIRECTORY}/databases.ini`,
    "",
    "[users]",
    // Migration tools hold advisory locks, which belong to a session.
    ...logins(ROLES.owner).map((user) => `${user} = pool_mode=session`),
    // A person must not have the application's connections.
    ...settings.roles.flatMap(({ name, connections }) =>
      connections === undefined ? [] : logins(name).map((user) => `${user} = max_user_connections=${connections}`),
    ),
    "",
    "[pgbouncer]",
    ...Object.entries(options).map(([key, value]) => `${key} = ${value}`),
    "",
  ].join("\n");
}

/** The pooler's `pg_hba.conf`: the exporter over the pod's own socket, callers by password, nobody else. */
export function poolerHba(databases: DatabaseSettings[]): string {
  const lines = databases.flatMap((database) => {
    const callers = callersOf(database).flatMap(logins).join(",");
    return ["0.0.0.0/0", "::0/0"].map((from) => `host ${database.name} ${callers} ${from} scram-sha-256`);
  });
  return ["local pgbouncer stats trust", ...lines, ""].join("\n");
}

/**
 * Checks that no set of pools can use up the database's connections.
 *
 * Every pool may end on one server: the readers fall back to the primary when no standby is healthy.
 *
 * @param pools pods and connections per pod of each pooler
 * @param maxConnections the server's `max_connections`
 * @param reserved connections kept for administration, the agent and the exporter
 * @throws Error with the sum and what to change
 */
export function checkConnectionBudget(
  pools: { name: string; pods: number; poolSize: number }[],
  maxConnections: number,
  reserved: number,
): void {
  const wanted = pools.reduce((sum, pool) => sum + pool.pods * pool.poolSize, 0);
  if (wanted + reserved <= maxConnections) return;
  const parts = pools.map((pool) => `${pool.name} ${pool.pods} x ${pool.poolSize}`).join(" + ");
  throw new Error(
    `the poolers may open ${wanted} connections (${parts}) and ${reserved} are reserved, but maxConnections is ` +
      `${maxConnections}: lower a poolSize or set maxConnections to ${wanted + reserved}`,
  );
}

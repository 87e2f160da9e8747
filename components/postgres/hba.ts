import { callersOf, type DatabaseSettings } from "./databases";
import { ROLES } from "./names";

/**
 * Name of the map that lets the containers of a database pod in as fixed roles: they all run as the operating system's
 * user `postgres`, and the socket is an in-memory directory that only this pod mounts, so no password has to lie
 * anywhere.
 */
const LOCAL_MAP = "pod";

/**
 * Who may connect from where, in PostgreSQL's `pg_hba.conf` language; the first line that fits decides, and none
 * fitting refuses. The superuser has no line with `host`: it cannot be reached over the network at all, whatever its
 * password.
 *
 * @param databases the application's, its own first
 */
export function hbaLines(databases: DatabaseSettings[]): string[] {
  const local = [ROLES.superuser, ROLES.monitoring, ROLES.replication].join(",");
  // "+": the role, and its log-ins of other generations, which are members of it.
  const callers = (database: DatabaseSettings) =>
    callersOf(database)
      .map((role) => `+${role}`)
      .join(",");
  const names = databases.map(({ name }) => name).join(",");
  return [
    `local all ${local} peer map=${LOCAL_MAP}`,
    `local replication ${ROLES.replication} peer map=${LOCAL_MAP}`,
    // Standbys stream, and pg_rewind reads files, as one role that owns nothing.
    `host replication ${ROLES.replication} all scram-sha-256`,
    `host postgres ${ROLES.replication} all scram-sha-256`,
    ...databases.map((database) => `host ${database.name} ${callers(database)} all scram-sha-256`),
    `host postgres,${names} ${ROLES.monitoring} all scram-sha-256`,
  ];
}

/** Which operating system user may be which role on the pod's socket, in `pg_ident.conf` language. */
export function identLines(): string[] {
  return [ROLES.superuser, ROLES.monitoring, ROLES.replication].map((role) => `${LOCAL_MAP} postgres ${role}`);
}

import type { Command } from "./command";

/** Container of the database's pods that Patroni and PostgreSQL run in. */
export const DATABASE_CONTAINER = "postgres";

/** The server's data directory in that container. */
const DATA_DIRECTORY = "/var/lib/postgresql/data/pgdata";

/** Directory of the socket over which the superuser is let in without a password, in the database's own pods only. */
const SOCKET_DIRECTORY = "/run/postgresql";

/** Says which data directory a member has: inode and birth of the directory, and of a file in it that nothing writes again. */
export function dataDirectoryOf(namespace: string, pod: string): Command {
  const stat = ["stat", "-c", "%i %W", DATA_DIRECTORY, `${DATA_DIRECTORY}/PG_VERSION`];
  return { program: "kubectl", args: ["-n", namespace, "exec", pod, "-c", DATABASE_CONTAINER, "--", ...stat] };
}

/** Runs Python in a container of a database pod. */
export function inDatabasePod(namespace: string, pod: string, container: string, ...words: string[]): Command {
  return { program: "kubectl", args: ["-n", namespace, "exec", pod, "-c", container, "--", "python3", ...words] };
}

/** What Patroni's `GET /cluster` says, asked of one member itself: its word counts while others are away. */
export function askPatroni(namespace: string, pod: string): Command {
  const program = 'import urllib.request; print(urllib.request.urlopen("http://127.0.0.1:8008/cluster", timeout=5).read().decode())';
  return inDatabasePod(namespace, pod, DATABASE_CONTAINER, "-c", program);
}

/**
 * SQL as the superuser, inside a database pod.
 *
 * @param pod name of a database pod
 * @param sql statements; the rows come back unaligned, one a line, columns separated by tabs
 */
export function sqlIn(namespace: string, pod: string, sql: string, database = "online_shop"): Command {
  return {
    program: "kubectl",
    args: [
      "-n", namespace, "exec", "-i", pod, "-c", DATABASE_CONTAINER, "--",
      "psql", "-h", SOCKET_DIRECTORY, "-U", "postgres", "-d", database, "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-f", "-",
    ],
    input: sql,
  };
}

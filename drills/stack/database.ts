import { DATA_DIRECTORY, SOCKET_DIRECTORY } from "../../components/postgres/names";
import { CONTAINERS } from "../../components/postgres/operations";
import { inPod, kubectl, type Command } from "./command";

/**
 * Says which data directory a member has: inode and birth of the directory, and of a file in it that nothing writes
 * again.
 */
export function dataDirectoryOf(namespace: string, pod: string): Command {
  const stat = ["stat", "-c", "%i %W", DATA_DIRECTORY, `${DATA_DIRECTORY}/PG_VERSION`];
  return inPod(namespace, pod, CONTAINERS.database, ...stat);
}

/**
 * SQL as the superuser, inside a database pod.
 *
 * @param pod name of a database pod
 * @param sql statements; the rows come back unaligned, one a line, columns separated by tabs
 */
export function sqlIn(namespace: string, pod: string, sql: string, database = "online_shop"): Command {
  const psql = [
    "psql",
    "-h",
    SOCKET_DIRECTORY,
    "-U",
    "postgres",
    "-d",
    database,
    "-X",
    "-q",
    "-A",
    "-t",
    "-F",
    "\t",
    "-v",
    "ON_ERROR_STOP=1",
    "-f",
    "-",
  ];
  return { ...kubectl({ namespace }, "exec", "-i", pod, "-c", CONTAINERS.database, "--", ...psql), input: sql };
}

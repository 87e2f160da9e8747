import { CONTAINERS } from "../../components/postgres/operations";
import type { Command } from "../drill";
import { kubectl } from "./kubernetes";

/** Directory of the socket over which the superuser is let in without a password, in the database's own pods only. */
const SOCKET_DIRECTORY = "/run/postgresql";

/**
 * SQL as the superuser, inside a database pod.
 *
 * @param pod name of a database pod
 * @param sql statements; the rows come back unaligned, one a line, columns separated by tabs
 */
export function sqlIn(namespace: string, pod: string, sql: string, database = "online_shop"): Command {
  const psql = ["psql", "-h", SOCKET_DIRECTORY, "-U", "postgres", "-d", database, "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-f", "-"];
  return { ...kubectl({ namespace }, "exec", "-i", pod, "-c", CONTAINERS.database, "--", ...psql), input: sql };
}

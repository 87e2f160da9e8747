import type * as pulumi from "@pulumi/pulumi";
import { addressesOf, hostPort } from "../common/addresses";
import type { Endpoint } from "../common/network";
import { POOLER_PORTS } from "./names";
import { CONNECT_SECONDS } from "./settings";

/** One list of addresses in the forms that drivers read. */
interface ConnectionForms {
  /** `postgresql://app@a:6432,b:6432/shop?connect_timeout=2`: libpq (psycopg, Rails, PHP), pgx, asyncpg. */
  url: string;
  /** `host=a,b port=6432,6432 dbname=shop user=app connect_timeout=2`: libpq's key words. */
  dsn: string;
  /**
   * `a,b`: where host and port are settings of their own, as in Django and Rails; libpq takes one port for all of them.
   */
  addresses: string;
  /** `6432,6432`: a port for each address, where a driver wants as many (libpq's `PGPORT`, Django's `PORT`). */
  ports: string;
}

/**
 * Where a client connects to, and what its network policy has to let through. The user in it is the application's of
 * the current password generation. The password is in the Secrets alone.
 */
export interface Connection {
  url: pulumi.Output<string>;
  dsn: pulumi.Output<string>;
  addresses: pulumi.Output<string>;
  /** `6432,6432`: a port for each address. */
  ports: pulumi.Output<string>;
  /** Port of every address. */
  port: number;
  /** The pooler, for the client's `uses`. */
  endpoint: Endpoint;
}

/**
 * Writes a list of addresses in the forms that drivers read.
 *
 * @param user who logs in
 * @param password stands in the URL where it is given
 */
export function connectionForms(
  addresses: string[],
  database: string,
  user: string,
  password?: string,
): ConnectionForms {
  const port = POOLER_PORTS.pgbouncer;
  const ports = addresses.map(() => port).join(",");
  const who = [user, ...(password === undefined ? [] : [password])].map(encodeURIComponent).join(":");
  const inUrl = addresses.map((address) => hostPort(address, port));
  return {
    url: `postgresql://${who}@${inUrl.join(",")}/${encodeURIComponent(database)}?connect_timeout=${CONNECT_SECONDS}`,
    dsn: [
      `host=${addresses.join(",")}`,
      `port=${ports}`,
      `dbname=${database}`,
      `user=${user}`,
      `connect_timeout=${CONNECT_SECONDS}`,
    ].join(" "),
    addresses: addresses.join(","),
    ports,
  };
}

/** Who logs in where: all that a program needs for it. */
export interface Access {
  user: string;
  password: string;
  database: string;
  /** Addresses of the pooler in front of the primary. */
  write: string[];
  /** Of the one in front of the standbys, or the same where there is none. */
  read: string[];
}

/**
 * Keys of a log-in's Secret. Drivers that take a URL read `url`; the others, and a program that builds its own, put it
 * together from the rest.
 */
export function loginKeys({ user, password, database, write, read }: Access): Record<string, string> {
  const writes = connectionForms(write, database, user, password);
  const reads = connectionForms(read, database, user, password);
  return {
    username: user,
    password,
    dbname: database,
    url: writes.url,
    host: writes.addresses,
    port: writes.ports,
    "read-url": reads.url,
    "read-host": reads.addresses,
    "read-port": reads.ports,
  };
}

/** The connection to one pooler's pods. */
export function connectionTo(
  addresses: pulumi.Input<string>[],
  database: string,
  user: string,
  endpoint: Endpoint,
): Connection {
  const forms = addressesOf(addresses).apply((known) => connectionForms(known, database, user));
  const { url, dsn, addresses: hosts, ports } = forms;
  return { url, dsn, addresses: hosts, ports, port: POOLER_PORTS.pgbouncer, endpoint };
}

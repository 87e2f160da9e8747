import * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "../common/network";
import { POOLER_PORTS } from "./names";
import { CONNECT_SECONDS } from "./settings";

/**
 * The same addresses in the forms that drivers read, with the application's user of the current password generation.
 * None has the password, which is in the Secret `appSecretName`.
 */
interface ConnectionForms {
  /** `postgresql://app@a:6432,b:6432/shop?connect_timeout=2`: libpq (psycopg, Rails, PHP), pgx, asyncpg. */
  url: string;
  /** `host=a,b port=6432,6432 dbname=shop user=app connect_timeout=2`: libpq's key words. */
  dsn: string;
  /**
   * `a,b`: where host and port are settings of their own, as in Django and Rails; libpq takes one port for all of them.
   */
  addresses: string;
}

/** Where a client connects to, and what its network policy has to let through. */
export interface Connection {
  url: pulumi.Output<string>;
  dsn: pulumi.Output<string>;
  addresses: pulumi.Output<string>;
  /** Port of every address. */
  port: number;
  /** The pooler, for the client's `uses`. */
  endpoint: Endpoint;
}

/**
 * Writes a list of addresses in the forms that drivers read.
 *
 * @param user who logs in
 */
export function connectionForms(addresses: string[], database: string, user: string): ConnectionForms {
  const port = POOLER_PORTS.pgbouncer;
  const inUrl = addresses.map((address) => (address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`));
  return {
    url: `postgresql://${user}@${inUrl.join(",")}/${encodeURIComponent(database)}?connect_timeout=${CONNECT_SECONDS}`,
    dsn: [
      `host=${addresses.join(",")}`,
      `port=${addresses.map(() => port).join(",")}`,
      `dbname=${database}`,
      `user=${user}`,
      `connect_timeout=${CONNECT_SECONDS}`,
    ].join(" "),
    addresses: addresses.join(","),
  };
}

/** Stands for the address of a Service that a preview is yet to make: the cluster gives it one in the update. */
const PENDING = "pending";

/** The connection to one pooler's pods. */
export function connectionTo(
  addresses: pulumi.Input<string>[],
  database: string,
  user: string,
  endpoint: Endpoint,
): Connection {
  const there = pulumi.all(addresses) as pulumi.Output<(string | undefined)[]>;
  const forms = there.apply((known) =>
    connectionForms(
      known.map((address) => address ?? PENDING),
      database,
      user,
    ),
  );
  return { url: forms.url, dsn: forms.dsn, addresses: forms.addresses, port: POOLER_PORTS.pgbouncer, endpoint };
}

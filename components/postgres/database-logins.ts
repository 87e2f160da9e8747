import type * as pulumi from "@pulumi/pulumi";
import type { Workload } from "../common/workload";
import type { Declared } from "./databases";
import { ROLES } from "./names";
import { createLogin, dashed, type CallerLogin, type Login, type Ways } from "./secrets";

/** Who uses a database. */
export interface DatabaseLogins {
  /** The application. In a database with an owner of its own it is that owner. */
  app: Login;
  /** Migrations. */
  owner: Login;
}

/** The log-ins of all databases and of further roles, by name. */
interface Logins {
  databases: Record<string, DatabaseLogins>;
  roles: Record<string, Login>;
}

/**
 * Makes the Secrets with which programs and people log in: two for each database, `app` and `owner`, or one where the
 * owner is its own; and one for each role that reads.
 *
 * @param of the log-in of a role
 */
export function createLogins(
  database: Workload,
  { databases, roles }: Declared,
  of: (role: string) => CallerLogin,
  to: Ways,
  parent: pulumi.Resource,
): Logins {
  const own = databases[0]!.name;
  const login = (name: string, role: string, where: string): Login =>
    createLogin(`${database.name}-${name}-login`, database, of(role), { ...to, database: where }, parent);
  const ofDatabases = databases.map(({ name, owner }): [string, DatabaseLogins] => {
    const prefix = name === own ? "" : `db-${dashed(name)}-`;
    const migrations = login(`${prefix}owner`, owner, name);
    const app = owner === ROLES.owner ? login(`${prefix}app`, ROLES.app, name) : migrations;
    return [name, { app, owner: migrations }];
  });
  const ofRoles = roles
    .filter(({ name }) => !databases.some(({ owner }) => owner === name))
    .map(({ name, database: where }): [string, Login] => [name, login(`role-${dashed(name)}`, name, where)]);
  return { databases: Object.fromEntries(ofDatabases), roles: Object.fromEntries(ofRoles) };
}

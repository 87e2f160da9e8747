import type { DatabaseArgs, PostgresArgs } from "./args";
import { completed } from "../common/completed";
import { ROLES } from "./names";
import { DEFAULTS, EXTENSIONS, RESERVED_DATABASES, RESERVED_ROLES } from "./settings";

/** A database and who may log in to it; as `databases.json` also what the agents read (image/holdfast/declared.py). */
export interface DatabaseSettings {
  name: string;
  owner: string;
  /** Roles that read and write its tables. */
  writers: string[];
  /** Roles that read its tables. */
  readers: string[];
  extensions: string[];
  /** Connections of each pooler pod to it; the application's own has the pooler's `poolSize`. */
  connections?: number;
}

/** A role of the application's own. */
export interface RoleSettings {
  name: string;
  /** The first database that it is let in to. */
  database: string;
  /** Connections that each pooler pod may hold for it, where it has a bound of its own. */
  connections?: number;
}

/** Databases and roles, the application's own database first. */
export interface Declared {
  databases: DatabaseSettings[];
  /** Beside `owner`, `app` and `readonly`. */
  roles: RoleSettings[];
}

/** Everybody who logs in to a database. */
export const callersOf = ({ owner, writers, readers }: DatabaseSettings): string[] => [owner, ...writers, ...readers];

/** Letters, digits and underscores: it stands in files of PostgreSQL's and PgBouncer's without quotes. */
const NAME = /^[a-z][a-z0-9_]*$/;

/** PostgreSQL cuts names off at 63; a log-in has its generation's number behind it. */
const LONGEST_NAME = 60;

function checkName(what: "database" | "role", name: string, reserved: readonly string[]): void {
  const refuse = (why: string): never => {
    throw new Error(`Postgres: the ${what} ${JSON.stringify(name)} ${why}; choose another name.`);
  };
  if (!NAME.test(name) || name.length > LONGEST_NAME) {
    refuse(`is no name of at most ${LONGEST_NAME} small letters, digits and underscores that begins with a letter`);
  }
  if (name.startsWith("pg_")) refuse("begins with pg_, as PostgreSQL's own do");
  if (reserved.includes(name)) refuse("has a name that PostgreSQL, PgBouncer or the component uses");
  if (what === "role" && /_\d+$/.test(name)) refuse("ends like the log-in of another password generation");
}

function checkConnections(whose: string, connections: number): void {
  if (Number.isInteger(connections) && connections >= 1) return;
  throw new Error(`Postgres: connections of ${whose} is ${connections}; it must be a whole number of at least 1.`);
}

function checkExtensions(database: string, names: string[]): void {
  const unknown = names.find((name) => !EXTENSIONS.includes(name));
  if (unknown === undefined) return;
  throw new Error(
    `Postgres: the database ${database} asks for the extension ${JSON.stringify(unknown)}, which the image does not ` +
      `have; take it out, or choose from: ${EXTENSIONS.join(", ")}.`,
  );
}

/** The application's own database, of which `databases` may say which extensions it has. */
function ownDatabase(name: string, said: DatabaseArgs = {}): DatabaseSettings {
  const [wrong] = Object.entries(said).filter(([key, value]) => key !== "extensions" && value !== undefined);
  if (wrong) {
    throw new Error(
      `Postgres: databases.${name}.${wrong[0]} is set, but ${name} is the application's own, whose owner is ` +
        `${ROLES.owner} and whose connections are poolSize; take it out.`,
    );
  }
  const { owner, app, readonly } = ROLES;
  return { name, owner, writers: [app], readers: [readonly], extensions: said.extensions ?? [] };
}

/** A further database: of an owner of its own, who is alone in it, or shared like the application's own. */
function furtherDatabase(name: string, said: DatabaseArgs): DatabaseSettings {
  checkName("database", name, RESERVED_DATABASES);
  const { owner, extensions = [], connections } = completed(said, DEFAULTS.DatabaseArgs);
  checkConnections(`databases.${name}`, connections);
  if (owner === undefined) return { ...ownDatabase(name, { extensions }), connections };
  checkName("role", owner, RESERVED_ROLES);
  return { name, owner, writers: [], readers: [], extensions, connections };
}

/**
 * Completes and checks databases and roles. Pure.
 *
 * @throws Error naming the argument, for a name that can't be, an extension that the image does not have, or a role
 * that reads a database that is not there
 */
export function declaredDatabases(own: string, { databases = {}, roles = {} }: Partial<PostgresArgs>): Declared {
  const all = [
    ownDatabase(own, databases[own]),
    ...Object.entries(databases).flatMap(([name, said]) => (name === own ? [] : [furtherDatabase(name, said)])),
  ];
  for (const { name, extensions } of all) checkExtensions(name, extensions);
  const readers = Object.entries(roles).map(([name, said]) => {
    checkName("role", name, RESERVED_ROLES);
    const { reads, connections } = completed(said, DEFAULTS.RoleArgs);
    checkConnections(`roles.${name}`, connections);
    const missing = reads.find((database) => !all.some((each) => each.name === database));
    if (missing !== undefined || reads.length === 0) {
      throw new Error(
        `Postgres: roles.${name}.reads names ${missing === undefined ? "no database" : JSON.stringify(missing)}; ` +
          `choose from: ${all.map((each) => each.name).join(", ")}.`,
      );
    }
    return { name, reads, connections };
  });
  const read = all.map((each) => ({
    ...each,
    readers: [
      ...each.readers,
      ...readers.filter(({ name, reads }) => reads.includes(each.name) && name !== each.owner).map(({ name }) => name),
    ],
  }));
  const known: string[] = Object.values(ROLES);
  const names = [...new Set(read.flatMap(callersOf))].filter((name) => !known.includes(name));
  return {
    databases: read,
    roles: names.map((name) => ({
      name,
      database: read.find((each) => callersOf(each).includes(name))!.name,
      // An owner is its database's program and has all of that one's connections.
      ...(!read.some(({ owner }) => owner === name) && {
        connections: readers.find((reader) => reader.name === name)!.connections,
      }),
    })),
  };
}

/** Pools that the poolers hold for further databases, beside the application's own. */
export function furtherPools(
  poolers: { name: string; replicas: number }[],
  databases: DatabaseSettings[],
): { name: string; pods: number; poolSize: number }[] {
  return databases.flatMap(({ name, connections }) =>
    connections === undefined
      ? []
      : poolers.map((pooler) => ({
          name: `${pooler.name} to ${name}`,
          pods: pooler.replicas,
          poolSize: connections,
        })),
  );
}

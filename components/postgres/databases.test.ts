import { describe, expect, test } from "vitest";
import { declaredDatabases, furtherPools } from "./databases";
import { postgresSettings } from "./completed";

const shared = { owner: "owner", writers: ["app"], readers: ["readonly"] };

test("the application's own database comes first, and may have extensions", () => {
  const { databases, roles } = declaredDatabases("shop", {
    databases: { blog: {}, shop: { extensions: ["pg_trgm"] } },
  });
  expect(databases).toEqual([
    { name: "shop", ...shared, extensions: ["pg_trgm"] },
    { name: "blog", ...shared, extensions: [], connections: 5 },
  ]);
  expect(roles).toEqual([]);
});

test("an owner of its own is alone in its database, but for those that read it", () => {
  const { databases, roles } = declaredDatabases("shop", {
    databases: { reports: { owner: "reporting", connections: 9 } },
    roles: { analyst: { reads: ["reports", "shop"], connections: 1 }, reporting: { reads: ["shop", "reports"] } },
  });
  expect(databases).toEqual([
    { name: "shop", ...shared, readers: ["readonly", "analyst", "reporting"], extensions: [] },
    { name: "reports", owner: "reporting", writers: [], readers: ["analyst"], extensions: [], connections: 9 },
  ]);
  expect(roles).toEqual([
    { name: "analyst", database: "shop", connections: 1 },
    { name: "reporting", database: "shop" },
  ]);
});

test("each pooler holds connections to each further database", () => {
  const { databases } = declaredDatabases("shop", { databases: { blog: { connections: 3 } } });
  expect(furtherPools([{ name: "postgres-pooler", replicas: 2 }], databases)).toEqual([
    { name: "postgres-pooler to blog", pods: 2, poolSize: 3 },
  ]);
});

describe("the connection budget", () => {
  const of = (args: object) => postgresSettings("postgres", { namespace: "shop", image: "postgres:1", ...args });

  test("grows by what further databases need, unless it is stated", () => {
    expect(of({}).maxConnections).toBe(100);
    expect(of({ databases: { blog: {}, reports: { connections: 1 } } }).maxConnections).toBe(100 + 4 * 5 + 4 * 1);
    expect(() => of({ databases: { blog: {} }, maxConnections: 100 })).toThrow(
      "(postgres-pooler 2 x 20 + postgres-pooler-ro 2 x 20 + postgres-pooler to blog 2 x 5 + " +
        "postgres-pooler-ro to blog 2 x 5) and 16 are reserved, but maxConnections is 100: lower a poolSize or set " +
        "maxConnections to 116",
    );
  });
});

describe("one sentence says what can't be", () => {
  const reads = ["shop"];
  test.each<[string, Parameters<typeof declaredDatabases>[1], string]>([
    ["letters", { databases: { "my-db": {} } }, 'the database "my-db" is no name of at most 60 small letters'],
    ["capitals", { roles: { Analyst: { reads } } }, 'the role "Analyst" is no name'],
    ["a long name", { roles: { ["a".repeat(61)]: { reads } } }, "is no name of at most 60"],
    ["no name", { databases: { "": {} } }, 'the database "" is no name'],
    ["PostgreSQL's", { databases: { template1: {} } }, 'the database "template1" has a name that PostgreSQL'],
    ["pg_", { roles: { pg_monitor: { reads } } }, 'the role "pg_monitor" begins with pg_'],
    ["the component's", { roles: { app: { reads } } }, 'the role "app" has a name'],
    ["a key of the Secret", { roles: { superuser: { reads } } }, 'the role "superuser" has a name'],
    ["PgBouncer's", { roles: { stats: { reads } } }, 'the role "stats" has a name'],
    ["a turn", { roles: { analyst_2: { reads } } }, "ends like the log-in of another password generation"],
    ["an owner's name", { databases: { reports: { owner: "postgres" } } }, 'the role "postgres" has a name'],
    ["a database that isn't there", { roles: { analyst: { reads: ["orders"] } } }, '"orders"; choose from: shop.'],
    ["no database", { roles: { analyst: { reads: [] } } }, "names no database; choose from: shop."],
    [
      "an extension",
      { databases: { shop: { extensions: ["postgis"] } } },
      'the database shop asks for the extension "postgis", which the image does not have; take it out, or choose from:',
    ],
    ["an owner of the own one", { databases: { shop: { owner: "me" } } }, "databases.shop.owner is set"],
    ["connections of it", { databases: { shop: { connections: 3 } } }, "databases.shop.connections is set"],
    ["no connection", { databases: { blog: { connections: 0 } } }, "connections of databases.blog is 0"],
    ["half a connection", { roles: { analyst: { reads, connections: 0.5 } } }, "connections of roles.analyst is 0.5"],
  ])("%s", (_what, args, message) => {
    expect(() => declaredDatabases("shop", args)).toThrow(message);
  });
});

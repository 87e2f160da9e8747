import { describe, expect, test } from "vitest";
import { declaredDatabases } from "./databases";
import { FAILOVER_DEFAULTS } from "./settings";
import { checkConnectionBudget, checkHold, pgbouncerIni, poolerHba } from "./pooler-config";

/** `pgbouncer.ini` as sections of keys. */
function sections(text: string): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = {};
  let current: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const heading = /^\[(\w+)\]$/.exec(line)?.[1];
    if (heading) current = found[heading] = {};
    else if (line.includes(" = ")) current[line.slice(0, line.indexOf(" = "))] = line.slice(line.indexOf(" = ") + 3);
  }
  return found;
}

describe("pgbouncer.ini", () => {
  const settings = {
    ...declaredDatabases("online_shop", { roles: { analyst: { reads: ["online_shop"] } } }),
    poolSize: 12,
    maxClientConnections: 300,
    holdSeconds: 30,
    failover: FAILOVER_DEFAULTS,
  };
  const ini = pgbouncerIni(settings, "primary");
  const { pgbouncer, users } = sections(ini);

  test("transactions share connections, a migration's session keeps its own", () => {
    expect(pgbouncer).toMatchObject({
      pool_mode: "transaction",
      default_pool_size: "12",
      max_db_connections: "12",
      max_client_conn: "300",
    });
    expect(users).toMatchObject({
      owner: "pool_mode=session",
      owner_2: "pool_mode=session",
      owner_3: "pool_mode=session",
    });
  });

  test("callers wait through a failover, and dead servers are tried again at once", () => {
    expect(pgbouncer).toMatchObject({
      query_wait_timeout: "30",
      server_login_retry: "0.2",
      server_connect_timeout: "10",
      tcp_user_timeout: "5000",
    });
  });

  test("a server that blocks its workers may have an error sooner, but not within a planned hand-over", () => {
    expect(sections(pgbouncerIni({ ...settings, holdSeconds: 5 }, "primary")).pgbouncer).toMatchObject({
      query_wait_timeout: "5",
    });
    for (const seconds of [0, 2, 4.5])
      expect(() => checkHold("postgres-pooler", seconds)).toThrow(`holdSeconds of postgres-pooler is ${seconds};`);
    expect(() => checkHold("postgres-pooler", 3)).not.toThrow();
  });

  test("a log-in at a dead replica is given up soon", () => {
    expect(sections(pgbouncerIni(settings, "replicas")).pgbouncer).toMatchObject({ server_connect_timeout: "3" });
  });

  test("a person has connections of its own bound, whatever its generation", () => {
    const own = Object.entries(users!).filter(([name]) => name.startsWith("analyst"));
    expect(own).toEqual(["analyst", "analyst_2", "analyst_3"].map((name) => [name, "max_user_connections=2"]));
    expect(Object.keys(users!)).toHaveLength(6);
  });

  test("what changes while it runs is in files of their own", () => {
    expect(ini).toContain("%include /run/holdfast/databases.ini");
    expect(ini).not.toMatch(/host=|password/);
  });
});

test("only callers get in, by password, and the exporter over the socket", () => {
  const callers = "owner,owner_2,owner_3,app,app_2,app_3,readonly,readonly_2,readonly_3";
  expect(poolerHba(declaredDatabases("online_shop", {}).databases).trim().split("\n")).toEqual([
    "local pgbouncer stats trust",
    `host online_shop ${callers} 0.0.0.0/0 scram-sha-256`,
    `host online_shop ${callers} ::0/0 scram-sha-256`,
  ]);
});

describe("connection budget", () => {
  const pools = [
    { name: "postgres-pooler", pods: 2, poolSize: 20 },
    { name: "postgres-pooler-ro", pods: 2, poolSize: 20 },
  ];
  test("all pools at once fit", () => expect(() => checkConnectionBudget(pools, 96, 16)).not.toThrow());
  test("one too many is refused with the sum and the way out", () => {
    expect(() => checkConnectionBudget(pools, 95, 16)).toThrow(
      "the poolers may open 80 connections (postgres-pooler 2 x 20 + postgres-pooler-ro 2 x 20) and 16 are " +
        "reserved, but maxConnections is 95: lower a poolSize or set maxConnections to 96",
    );
  });
});

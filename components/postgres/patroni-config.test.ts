import { describe, expect, test } from "vitest";
import { failoverSettings } from "./completed";
import { declaredDatabases } from "./databases";
import { FAILOVER_DEFAULTS } from "./settings";
import { hbaLines } from "./hba";
import { dynamicConfig, memberConfig, postgresParameters, type PatroniSettings } from "./patroni-config";

const settings: PatroniSettings = {
  name: "postgres",
  databases: declaredDatabases("online_shop", {}).databases,
  replicas: 3,
  durability: "required",
  failover: FAILOVER_DEFAULTS,
  maxConnections: 100,
  memory: "512Mi",
  storage: "8Gi",
  parameters: {},
};

describe("dynamic configuration", () => {
  test("quorum replication, strict when durability is required", () => {
    expect(dynamicConfig(settings)).toMatchObject({
      synchronous_mode: "quorum",
      synchronous_mode_strict: true,
      synchronous_node_count: 1,
      failsafe_mode: true,
    });
    expect(dynamicConfig({ ...settings, durability: "preferred" })).toMatchObject({
      synchronous_mode: "quorum",
      synchronous_mode_strict: false,
    });
  });

  test("a single member replicates to nobody and waits for nobody", () => {
    expect(dynamicConfig({ ...settings, replicas: 1 })).toMatchObject({
      synchronous_mode: "off",
      synchronous_mode_strict: false,
      failsafe_mode: false,
    });
  });

  test("failover settings go through unchanged", () => {
    expect(dynamicConfig({ ...settings, failover: failoverSettings({ ttl: 30, loopWait: 2 }) })).toMatchObject({
      ttl: 30,
      loop_wait: 2,
      retry_timeout: 5,
      primary_start_timeout: 0,
    });
  });

  test("the user's settings win over the computed ones", () => {
    expect(postgresParameters({ ...settings, parameters: { work_mem: "64MB", shared_buffers: "1GB" } })).toMatchObject({
      work_mem: "64MB",
      shared_buffers: "1GB",
    });
  });

  test("memory and WAL follow the pod's and the volume's size", () => {
    expect(postgresParameters(settings)).toMatchObject({
      shared_buffers: "128MB",
      max_slot_wal_keep_size: "2048MB",
      wal_keep_size: "256MB",
      max_wal_size: "1024MB",
    });
    expect(postgresParameters({ ...settings, storage: "1Gi" })).toMatchObject({
      max_slot_wal_keep_size: "256MB",
      wal_keep_size: "64MB",
      max_wal_size: "128MB",
    });
  });

  test("standbys never ask the archive, which would hold up a failover", () => {
    expect(JSON.stringify(dynamicConfig(settings))).not.toContain("restore_command");
  });
});

describe("member configuration", () => {
  test("no password, no address and no namespace stand in it", () => {
    const text = JSON.stringify(memberConfig(settings));
    for (const word of ["password", "connect_address", "pod_ip", "namespace"]) expect(text).not.toContain(word);
  });

  test("Patroni finds its pods by the labels they are selected by", () => {
    expect(memberConfig(settings)).toMatchObject({
      scope: "postgres",
      kubernetes: {
        use_endpoints: true,
        scope_label: "app.kubernetes.io/name",
        labels: { "app.kubernetes.io/component": "database" },
      },
    });
  });

  test("no label changes when another member leads", () => {
    expect(memberConfig(settings)).toMatchObject({
      kubernetes: { leader_label_value: null, follower_label_value: null, standby_leader_label_value: null },
    });
    // Left out is not null: Patroni would take its own words then.
    expect(JSON.parse(JSON.stringify(memberConfig(settings)))).toHaveProperty("kubernetes.leader_label_value", null);
  });

  test("both hooks are set", () => {
    expect(memberConfig(settings)).toMatchObject({
      postgresql: {
        pre_promote: expect.stringContaining("pre-promote"),
        before_stop: expect.stringContaining("before-stop"),
      },
    });
  });
});

describe("access", () => {
  const lines = hbaLines(settings.databases);
  test("the superuser is unreachable over the network", () => {
    for (const line of lines.filter((one) => one.startsWith("host")))
      expect(line).not.toMatch(/\bpostgres\b.*\bpostgres\b| all all /);
    expect(lines.filter((one) => one.startsWith("host") && one.split(" ")[2]?.split(",").includes("postgres"))).toEqual(
      [],
    );
  });

  test("every network connection needs a password, and nothing is trusted", () => {
    for (const line of lines) expect(line).toMatch(line.startsWith("host") ? / scram-sha-256$/ : / peer map=pod$/);
  });

  test("the application's roles reach the application's database only", () => {
    expect(lines.filter((one) => one.includes("app"))).toEqual([
      "host online_shop +owner,+app,+readonly all scram-sha-256",
    ]);
  });
});

describe("failover settings that contradict one another are refused with the way out", () => {
  test.each([
    [{ ttl: 15 }, "failover.ttl is 15, but Patroni accepts no less than 20"],
    [{ loopWait: 5, retryTimeout: 8 }, "loopWait + 2 * retryTimeout is 21, but must not exceed ttl (20)"],
    [{ calmSeconds: -1 }, "failover.calmSeconds is -1, but must be 0 or more"],
    [{ poolerStaySeconds: -5 }, "failover.poolerStaySeconds is -5, but must be 0 or more"],
    [
      { guardMargin: 16 },
      "failover.guardMargin is 16, but must be 0 or more and, with loopWait + retryTimeout = 6, stay below ttl (20)",
    ],
    [{ walTimeout: 20 }, "failover.walTimeout is 20, but must be below ttl (20)"],
  ])("%o", (overrides, message) => expect(() => failoverSettings(overrides)).toThrow(message));

  test("no guard at all is allowed", () => expect(failoverSettings({ guardMargin: 0 }).guardMargin).toBe(0));

  test("a further database lets in its own callers", () => {
    const declared = declaredDatabases("online_shop", {
      databases: { reports: { owner: "reporting" }, blog: {} },
      roles: { analyst: { reads: ["online_shop", "reports"] } },
    });
    expect(hbaLines(declared.databases).slice(-4)).toEqual([
      "host online_shop +owner,+app,+readonly,+analyst all scram-sha-256",
      "host reports +reporting,+analyst all scram-sha-256",
      "host blog +owner,+app,+readonly all scram-sha-256",
      "host postgres,online_shop,reports,blog monitoring all scram-sha-256",
    ]);
  });
});

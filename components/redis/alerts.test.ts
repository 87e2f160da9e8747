import { expect, test } from "vitest";
import { checkAlerts, checkRules, promtoolTest, type AlertCase } from "../../test/support/promtool";
import { redisAlerts } from "./alerts";
import type { RedisArgs } from "./args";
import { redisSettings } from "./completed";

const rules = (args: Partial<RedisArgs> = {}) => [
  redisAlerts("redis", redisSettings({ namespace: "shop", clients: [], ...args })),
];
const alerts = (of: AlertCase, args?: Partial<RedisArgs>) => () => checkAlerts(rules(args), of);
const server = (pod: number, metric: string, labels = "") => `${metric}{job="redis",pod="redis-${pod}"${labels}}`;
const sentinels = (...values: string[]) =>
  Object.fromEntries(values.map((value, pod) => [`redis_up{job="redis-sentinel",pod="redis-sentinel-${pod}"}`, value]));
const healthy = sentinels("1x30", "1x30", "1x30");

promtoolTest("Prometheus accepts the rules of both kinds of persistence", () => {
  checkRules(rules());
  checkRules(rules({ persistence: "none", evictionPolicy: "noeviction" }));
});

promtoolTest("no primary for over a minute is a page, a failover is not", () => {
  const roles = (gap: number) => ({
    ...healthy,
    [server(0, "redis_instance_info", ',role="master"')]: "1x9 stale",
    [server(1, "redis_instance_info", ',role="master"')]: `_x${9 + gap} 1x20`,
  });
  alerts({ series: roles(1), at: "11m", firing: { RedisNoPrimary: 0 } })();
  alerts({ series: roles(6), at: "14m", firing: { RedisNoPrimary: 1 } })();
});

promtoolTest(
  "two primaries that last are a page",
  alerts({
    series: {
      ...healthy,
      [server(0, "redis_instance_info", ',role="master"')]: "1x30",
      [server(1, "redis_instance_info", ',role="master"')]: "_x5 1x25",
    },
    at: "10m",
    firing: { RedisTwoPrimaries: 1, RedisNoPrimary: 0 },
  }),
);

promtoolTest("one Sentinel of three missing is a ticket after ten minutes, two are a page after one", () => {
  alerts({
    series: sentinels("1x30", "1x30", "0x30"),
    at: "5m",
    firing: { RedisSentinelMissing: 0, RedisSentinelBelowQuorum: 0 },
  })();
  alerts({
    series: sentinels("1x30", "1x30", "0x30"),
    at: "15m",
    firing: { RedisSentinelMissing: 1, RedisSentinelBelowQuorum: 0 },
  })();
  alerts({ series: sentinels("1x30", "0x30", "0x30"), at: "3m", firing: { RedisSentinelBelowQuorum: 1 } })();
  alerts({
    series: sentinels("1x2 stale", "1x2 stale", "1x2 stale"),
    at: "10m",
    firing: { RedisSentinelBelowQuorum: 1 },
  })();
});

promtoolTest("a primary with one replica of two is a ticket after five minutes", () => {
  const series = { [server(0, "redis_connected_slaves")]: "2x5 1x20", [server(1, "redis_connected_slaves")]: "0x25" };
  alerts({ series, at: "9m", firing: { RedisReplicaMissing: 0 } })();
  alerts({ series, at: "13m", firing: { RedisReplicaMissing: 1 } })();
  alerts(
    { series: { [server(0, "redis_connected_slaves")]: "2x20" }, at: "15m", firing: { RedisReplicaMissing: 1 } },
    { replicas: 4 },
  )();
});

promtoolTest("a cache that evicts may be full, one that may not evict may not", () => {
  const used = (share: number) => ({
    [server(0, "redis_memory_used_bytes")]: `${share}x30`,
    [server(0, "redis_memory_max_bytes")]: "100x30",
  });
  alerts({ series: used(100), at: "10m", firing: { RedisMemoryFull: 0 } })();
  alerts({ series: used(120), at: "10m", firing: { RedisMemoryFull: 1 } })();
  alerts({ series: used(95), at: "10m", firing: { RedisMemoryFull: 1 } }, { evictionPolicy: "noeviction" })();
});

promtoolTest("evictions beside keys without an end are a ticket, unless the policy was chosen", () => {
  const evicts = (lasting: number) => ({
    [server(0, "redis_evicted_keys_total")]: "0x10 40x30",
    [server(0, "redis_db_keys", ',db="db0"')]: "100x40",
    [server(0, "redis_db_keys_expiring", ',db="db0"')]: `${100 - lasting}x40`,
  });
  alerts({ series: evicts(5), at: "9m", firing: { RedisEvictsLastingKeys: 0 } })();
  alerts({ series: evicts(5), at: "12m", firing: { RedisEvictsLastingKeys: 1 } })();
  alerts({ series: evicts(5), at: "30m", firing: { RedisEvictsLastingKeys: 0 } })();
  alerts({ series: evicts(0), at: "12m", firing: { RedisEvictsLastingKeys: 0 } })();
});

test("who has chosen what is evicted is not told of it", () => {
  const named = (args?: Partial<RedisArgs>) =>
    rules(args).flatMap((group) => group.rules.map((rule) => ("alert" in rule ? rule.alert : "")));
  expect(named()).toContain("RedisEvictsLastingKeys");
  for (const evictionPolicy of ["allkeys-lru", "noeviction"] as const)
    expect(named({ evictionPolicy })).not.toContain("RedisEvictsLastingKeys");
});

promtoolTest("refused writes are a page, the very first included, and over when they stop", () => {
  const series = { [server(0, "redis_errors_total", ',err="NOREPLICAS"')]: "_x10 3x30" };
  alerts({ series, at: "9m", firing: { RedisWritesRefused: 0 } })();
  alerts({ series, at: "12m", firing: { RedisWritesRefused: 1 } })();
  alerts({ series, at: "20m", firing: { RedisWritesRefused: 0 } })();
  alerts({
    series: { [server(0, "redis_errors_total", ',err="OOM"')]: "5x10 8x20" },
    at: "12m",
    firing: { RedisWritesRefused: 1 },
  })();
  alerts({
    series: { [server(0, "redis_errors_total", ',err="WRONGTYPE"')]: "5x10 8x20" },
    at: "12m",
    firing: { RedisWritesRefused: 0 },
  })();
});

promtoolTest(
  "an append-only file that cannot be written is a page",
  alerts({
    series: { [server(1, "redis_aof_last_write_status")]: "1x5 0x10" },
    at: "8m",
    firing: { RedisAppendOnlyFileFails: 1 },
  }),
);

test("every alert has a runbook section of its own", () => {
  const urls = rules().flatMap((group) =>
    group.rules.flatMap((rule) => ("alert" in rule ? [rule.annotations.runbook_url] : [])),
  );
  expect(new Set(urls).size).toBe(urls.length);
});

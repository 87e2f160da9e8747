import { expect, test } from "vitest";
import { DEFAULTS as BALANCER } from "../components/load-balancer/settings";
import { DEFAULTS as MONITORING } from "../components/monitoring/settings";
import { DEFAULTS as POSTGRES } from "../components/postgres/settings";
import { DEFAULTS as REDIS } from "../components/redis/settings";
import { DEFAULTS as WEB } from "../components/web-service/settings";
import { KEYS, type KeyName } from "../config/keys";

const { resources: web } = WEB.WebServiceArgs;
const [[entryLabel, entryValue]] = Object.entries(BALANCER.LoadBalancerArgs.entryLabels) as [[string, string]];

/** What a key's argument is by default in its component. Keys are below components, so neither can import the other. */
const SAME: Partial<Record<KeyName, unknown>> = {
  zones: WEB.WebServiceArgs.topology.zones,
  webCpuRequest: web.requests.cpu,
  webCpuLimit: web.limits.cpu,
  webMemoryRequest: web.requests.memory,
  webMemoryLimit: web.limits.memory,
  loadBalancerClientAddress: BALANCER.LoadBalancerArgs.clientAddress,
  loadBalancerEntryLabel: `${entryLabel}=${entryValue}`,
  loadBalancerNodePort: BALANCER.LoadBalancerArgs.nodePort,
  postgresReplicas: POSTGRES.PostgresArgs.replicas,
  postgresLoopWait: POSTGRES.FailoverSettings.loopWait,
  redisReplicas: REDIS.RedisArgs.replicas,
  passwordGeneration: POSTGRES.PostgresArgs.passwordGeneration,
  prometheusReplicas: MONITORING.MonitoringArgs.prometheusReplicas,
  prometheusStorage: MONITORING.MonitoringArgs.storage.size,
  alertmanagerReplicas: MONITORING.MonitoringArgs.alertmanagerReplicas,
  scrapeInterval: MONITORING.MonitoringArgs.scrapeIntervalSeconds,
};

/** Keys that mean another default than their component has: the key's, the component's, and why. */
const OTHER: [KeyName, unknown, unknown, string][] = [
  ["postgresStorage", "10Gi", POSTGRES.StorageArgs.size, "the shop keeps its orders; a program may keep little"],
  ["redisStorage", "2Gi", REDIS.RedisArgs.storage.size, "the planner gives the shop a larger cache than the least"],
];

/** Keys that belong to no argument with a default: where the stack is, its images, and its nodes. */
const NONE: KeyName[] = [
  "environment",
  "profile",
  "namespace",
  "kubeContext",
  "url",
  "registry",
  "webAppImage",
  "postgresImage",
  "nodes",
  "nodeCpu",
  "nodeMemory",
  "cpuRequestPercent",
  "alertWebhook",
];

test("a key's default is that of its component's argument", () => {
  const wanted = Object.entries(SAME).map(([key, value]) => [key, String(value)]);
  expect(wanted.map(([key]) => [key, KEYS[key as KeyName].default])).toEqual(wanted);
  expect(String(REDIS.RedisArgs.passwordGeneration)).toBe(KEYS.passwordGeneration.default);
});

test.each(OTHER)("%s is %s, and its component's %s", (key, ours, component) => {
  expect(KEYS[key].default).toBe(ours);
  expect(component).not.toBe(ours);
});

test("each key with a default is compared", () => {
  const stated = (Object.keys(KEYS) as KeyName[]).filter((key) => !KEYS[key].byProfile);
  const compared = [...Object.keys(SAME), ...OTHER.map(([key]) => key), ...NONE];
  expect(stated.filter((key) => !compared.includes(key))).toEqual([]);
});

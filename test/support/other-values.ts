import { KEYS, type KeyName } from "../../config/keys";

/** A value of a key other than its default. */
export interface OtherValue {
  value: string;
  /** Why this value. */
  why: string;
  /** Other keys that have to be set with it. */
  beside?: Partial<Record<KeyName, string>>;
  /** What refuses it: the configuration (`key zones`) or policies. @default nothing */
  says?: (`key ${KeyName}` | `${"mandatory" | "advisory"} ${string}`)[];
}

const image = (name: string): string => `ghcr.io/acme/${name}@sha256:${"0".repeat(64)}`;
const IMAGES = { webAppImage: image("web-app"), postgresImage: image("postgres") };

/**
 * Values of every key besides its default. The first one is tested together with other keys' first values; all are
 * tested alone.
 */
export const OTHER_VALUES: Record<KeyName, [OtherValue, ...OtherValue[]]> = {
  environment: [
    { value: "prod", why: "no rule is advisory there", beside: IMAGES },
    { value: "staging", why: "the third there is", beside: IMAGES },
    {
      value: "prod",
      why: "nothing is built there",
      beside: { postgresImage: IMAGES.postgresImage },
      says: ["key webAppImage"],
    },
  ],
  profile: [
    { value: "social", why: "differs from the default in most keys: load, cache, durability" },
    { value: "trading", why: "the shortest promise" },
    { value: "education", why: "the steepest peak" },
    { value: "analytics", why: "the slowest requests" },
  ],
  namespace: [
    { value: "s", why: "the shortest name there is, within every address" },
    { value: `n${"0".repeat(57)}`, why: "the longest" },
    { value: "postgres", why: "the name of a component" },
    { value: "kube-system", why: "a namespace of the cluster's own would be taken over", says: ["key namespace"] },
    { value: "default", why: "likewise, and it can't be removed again", says: ["key namespace"] },
    { value: "holdfast-node", why: "node-exporter's, which must not be restricted", says: ["key namespace"] },
  ],
  kubeContext: [{ value: "arn:aws:eks:eu-central-1:1:cluster/shop", why: "a cloud's own form" }],
  url: [{ value: "https://shop.example.com", why: "what a shop has" }],
  registry: [
    { value: "registry.example.com/team", why: "with a path, and not on this machine" },
    { value: "registry.example.com:5000", why: "with a port" },
  ],
  webAppImage: [
    { value: image("web-app"), why: "named by digest: nothing is built" },
    { value: "ghcr.io/acme/web-app:1.2.3", why: "by tag, which dev allows" },
  ],
  postgresImage: [
    { value: image("postgres"), why: "named by digest: nothing is built" },
    { value: "ghcr.io/acme/postgres:17", why: "by tag, which dev allows" },
  ],
  nodes: [
    { value: "6", why: "more than any tier has pods to spread" },
    { value: "2", why: "fewer than database members" },
    { value: "1", why: "a single node is its own entry", beside: { zones: "1" } },
    { value: "1", why: "it can't be in two zones", says: ["key zones"] },
  ],
  zones: [
    { value: "3", why: "a zone for each member" },
    { value: "1", why: "nothing to spread over" },
  ],
  nodeCpu: [{ value: "4", why: "what staging has" }],
  nodeMemory: [{ value: "16Gi", why: "what staging has" }],
  cpuRequestPercent: [
    { value: "50", why: "what a laptop's cluster is given" },
    { value: "1", why: "the least" },
  ],
  loadRate: [{ value: "100", why: "more than each small profile's, so sizes change" }],
  loadPeakRate: [{ value: "300", why: "more than the default's, so sizes change" }],
  loadServiceMs: [{ value: "30", why: "longer than the default's, so sizes change" }],
  loadCpuMs: [{ value: "4", why: "shorter than every profile's service time allows" }],
  loadWritePercent: [{ value: "50", why: "every other request" }],
  slo: [
    { value: "p95=500ms", why: "another percentile, and one that all loads here can keep" },
    { value: "p99=20ms", why: "shorter than the work itself", says: ["key slo"] },
  ],
  webMinReplicas: [
    { value: "4", why: "one more than planned" },
    {
      value: "1",
      why: "a single pod is an outage at every drain",
      says: ["advisory request-path-redundant", "mandatory autoscaler-works"],
    },
  ],
  webMaxReplicas: [
    { value: "30", why: "enough for every load here" },
    {
      value: "3",
      why: "as many as run always: nothing to scale",
      says: ["mandatory autoscaler-works", "mandatory peak-survives-zone"],
    },
    {
      value: "4",
      why: "too few for this peak with a zone lost",
      beside: { webMinReplicas: "3", loadPeakRate: "600" },
      says: ["mandatory peak-survives-zone"],
    },
  ],
  webTargetCpu: [{ value: "60", why: "between the planned one and the stack file's" }],
  webPoolSize: [{ value: "20", why: "twice the planned one" }],
  webCpuRequest: [{ value: "300m", why: "neither the default nor the stack file's" }],
  webCpuLimit: [{ value: "2000m", why: "twice the default" }],
  webMemoryRequest: [{ value: "300Mi", why: "between the default and the limit" }],
  webMemoryLimit: [{ value: "1Gi", why: "twice the default" }],
  loadBalancerAlgorithm: [
    {
      value: "source",
      why: "the one that depends on the client's address",
      beside: { loadBalancerClientAddress: "header" },
    },
    { value: "source", why: "by the connection's address" },
    { value: "roundrobin", why: "the third there is" },
  ],
  loadBalancerClientAddress: [
    { value: "header", why: "behind a proxy that adds one" },
    { value: "proxy-protocol", why: "behind a balancer of a cloud" },
  ],
  loadBalancerEntryLabel: [
    { value: "node-role.kubernetes.io/edge=", why: "a label without a value" },
    { value: "pool=edge", why: "one without a prefix" },
  ],
  loadBalancerNodePort: [{ value: "31080", why: "within Kubernetes' own range" }],
  postgresReplicas: [
    { value: "5", why: "more than there are nodes in dev" },
    { value: "2", why: "a drain leaves one, which goes on alone", beside: { postgresDurability: "preferred" } },
    { value: "2", why: "a drain leaves one, which may not go on alone", says: ["mandatory postgres-quorum-agrees"] },
    { value: "1", why: "for trying things out: no loss is survived", says: ["advisory request-path-redundant"] },
    { value: "9", why: "the most" },
  ],
  postgresDurability: [{ value: "preferred", why: "the other one" }],
  postgresStorage: [{ value: "20Gi", why: "twice the default" }],
  postgresMaxConnections: [{ value: "200", why: "twice the planned one" }],
  postgresPoolSize: [{ value: "15", why: "fewer than planned, so max_connections stays" }],
  postgresWorkMem: [
    { value: "16MB", why: "twice the default" },
    { value: "1GB", why: "more than a member's memory in one session", says: ["mandatory postgres-memory-fits"] },
  ],
  postgresLoopWait: [
    { value: "3", why: "slower, and still within the ttl" },
    { value: "8", why: "the most" },
  ],
  redisReplicas: [
    { value: "5", why: "more than there are nodes in dev" },
    { value: "9", why: "the most" },
  ],
  redisMaxMemory: [
    { value: "256", why: "more than each profile's" },
    { value: "16", why: "the least" },
    { value: "65536", why: "the most" },
  ],
  cacheTtlSeconds: [{ value: "30", why: "shorter than each profile's but one" }],
  passwordGeneration: [{ value: "2", why: "the first rotation" }],
  redisStorage: [{ value: "4Gi", why: "twice the default" }],
  prometheusReplicas: [
    { value: "2", why: "what prod has" },
    { value: "4", why: "the most" },
  ],
  prometheusStorage: [{ value: "20Gi", why: "twice the default" }],
  alertmanagerReplicas: [
    { value: "3", why: "what prod has" },
    { value: "5", why: "the most" },
  ],
  scrapeInterval: [
    { value: "15", why: "a common choice" },
    { value: "300", why: "the longest, which every range must span" },
    { value: "5", why: "the shortest" },
  ],
  alertWebhook: [
    { value: "https://hooks.example.com/services/key", why: "a service on the Internet" },
    { value: "http://10.9.0.5:9999/alerts", why: "an address of one's own network, on a port of its own" },
    { value: "https://[2a05:d018::5]/alerts", why: "an address of IPv6" },
    {
      value: "http://relay.ops.svc:8080/",
      why: "no policy can let a private name through by name",
      says: ["key alertWebhook"],
    },
  ],
};

/** Keys of the configuration, in order. */
export const KEY_NAMES = Object.keys(KEYS) as KeyName[];

/** Overrides that set some keys to the first of their other values. */
export function together(keys: readonly KeyName[]): Record<string, string> {
  const first = keys.map((key) => [key, OTHER_VALUES[key][0]] as const);
  return Object.assign(
    {},
    ...first.map(([, { beside }]) => beside),
    Object.fromEntries(first.map(([key, { value }]) => [key, value])),
  ) as Record<string, string>;
}

/**
 * Groups of keys such that every two keys are in a group together: a test of all pairs at a twentieth of the cost.
 *
 * @param size keys in a group; small, so that a third key hardly hides the effect of two others
 */
export function groupsCoveringPairs(keys: readonly KeyName[], size: number): KeyName[][] {
  const apart = new Map(keys.map((key) => [key, new Set(keys.filter((other) => other !== key))]));
  const open = (key: KeyName, group: KeyName[]): number => group.filter((other) => apart.get(key)!.has(other)).length;
  const groups: KeyName[][] = [];
  for (;;) {
    const first = keys.reduce((most, key) => (apart.get(key)!.size > apart.get(most)!.size ? key : most));
    if (apart.get(first)!.size === 0) return groups;
    const group = [first];
    while (group.length < Math.min(size, keys.length)) {
      const left = keys.filter((key) => !group.includes(key));
      group.push(left.reduce((best, key) => (open(key, group) > open(best, group) ? key : best)));
    }
    for (const key of group) for (const other of group) apart.get(key)!.delete(other);
    groups.push(group);
  }
}

import type { z } from "zod";
import { ENTRY_LABEL } from "./addresses";
import { bytes, choice, cpu, integer, text, type Key } from "./key";

/** The environments the repository has a stack file for. */
export const ENVIRONMENTS = ["dev", "staging", "prod"] as const;

/** Kinds of workload that preset the keys a user leaves alone. */
export const PROFILES = ["online-shop", "trading", "education", "analytics", "social"] as const;

/** Most web pods that a stack may have. */
export const MOST_WEB_PODS = 500;

/**
 * Excludes the cluster's own namespaces and the one that node-exporter had before: the stack would take them over, and
 * delete them when it is removed.
 */
const namespaceForm = /^(?!(?:default|kube-.*|holdfast-node)$)[a-z0-9]([a-z0-9-]{0,56}[a-z0-9])?$/;

const imageForm =
  /^$|^[a-z0-9][a-z0-9./:_-]*@sha256:[0-9a-f]{64}$|^[a-z0-9][a-z0-9./_-]*(:\d{2,5}\/[a-z0-9./_-]+)?:(?!latest$)[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const imageAllowed =
  "repository@sha256:digest (in dev also repository:tag with any tag but latest), or nothing to have it built " +
  "and pushed to the registry";
const imageExample = `ghcr.io/acme/web-app@sha256:${"0".repeat(64)}`;

/**
 * Every configuration key of the project `holdfast`. `Pulumi.yaml` repeats name, type, default and
 * description, because the engine checks types before the program starts; a test keeps the two equal.
 */
export const KEYS = {
  environment: choice(ENVIRONMENTS, {
    default: "dev",
    description: "What the stack is for; staging and prod must name their images by digest",
  }),
  profile: choice(PROFILES, {
    default: "online-shop",
    description: "Kind of workload; decides, with the planner, every key whose default is empty or 0",
  }),
  namespace: text(
    namespaceForm,
    "a DNS label: lower-case letters, digits and hyphens, at most 58; not default, kube-… or holdfast-node",
    "online-shop",
    {
      default: "online-shop",
      description: "Namespace of the stack",
    },
  ),
  kubeContext: text(/^\S+$/, "the name of a context of your kubeconfig", "kind-holdfast", {
    default: "kind-holdfast",
    description: "Context of the kubeconfig that is deployed to; the ambient one is never used",
  }),
  url: text(
    /^https?:\/\/[^\s/]+$/,
    "http:// or https://, a host and perhaps a port, no path",
    "http://127.0.0.1:8080",
    {
      default: "http://127.0.0.1:8080",
      description: "Where a browser reaches the shop",
    },
  ),
  registry: text(
    /^[a-z0-9.-]+(:\d{2,5})?(\/[a-z0-9._/-]+)?$/,
    "host[:port][/path] of a registry the nodes can pull from",
    "localhost:5001",
    {
      default: "localhost:5001",
      description: "Registry that images built here are pushed to",
    },
  ),
  webAppImage: text(imageForm, imageAllowed, imageExample, {
    default: "",
    description: "Image of the web tier; empty: built from app/",
  }),
  postgresImage: text(imageForm, imageAllowed, imageExample, {
    default: "",
    description: "Image of the database; empty: built from components/postgres/image/",
  }),

  nodes: integer(1, 1000, { default: 3, description: "Worker nodes the cluster offers" }),
  zones: integer(1, 10, { default: 2, description: "Zones those nodes are spread over" }),
  nodeCpu: cpu({ default: "2", description: "CPU that one node offers" }),
  nodeMemory: bytes({ default: "8Gi", description: "Memory that one node offers" }),

  cpuRequestPercent: integer(1, 100, {
    default: 100,
    description:
      "Percent of every container's CPU request that is really reserved; less where one small machine holds everything",
  }),

  loadRate: integer(1, 100_000, { description: "Requests per second in an ordinary busy hour; 0: the profile's" }),
  loadPeakRate: integer(1, 100_000, {
    description: "Requests per second at the worst that is planned for; 0: as far above loadRate as the profile's",
  }),
  loadServiceMs: integer(1, 60_000, {
    description: "Milliseconds a request takes on an idle server; 0: the profile's",
  }),
  loadCpuMs: integer(1, 60_000, { description: "Milliseconds of it that keep a pod busy; 0: the profile's share" }),
  loadWritePercent: integer(1, 100, { description: "Requests that write, percent; 0: the profile's" }),
  slo: text(
    /^p(?:[5-9]\d|99\.\d{1,2})=[1-9]\d{0,5}ms$/,
    "a percentile from p50 to p99.99 and its milliseconds: p99=250ms",
    "p99=250ms",
    {
      description: "Latency that is promised, at the peak and with a zone lost; empty: the profile's",
    },
  ),

  webMinReplicas: integer(1, MOST_WEB_PODS, { description: "Web pods that always run; 0: planned from load and slo" }),
  webMaxReplicas: integer(1, MOST_WEB_PODS, {
    description: "Web pods the autoscaler may run; 0: planned from load and slo",
  }),
  webTargetCpu: integer(10, 95, {
    description: "CPU use the autoscaler aims at, percent of the request; 0: planned from load and slo",
  }),
  webPoolSize: integer(1, 1000, {
    description: "Connections a web pod opens to each pooler pod; 0: planned from the load",
  }),
  webCpuRequest: cpu({ default: "500m", description: "CPU reserved for a web pod" }),
  webCpuLimit: cpu({ default: "1000m", description: "CPU a web pod may use" }),
  webMemoryRequest: bytes({ default: "256Mi", description: "Memory reserved for a web pod" }),
  webMemoryLimit: bytes({ default: "512Mi", description: "Memory a web pod may use" }),

  loadBalancerAlgorithm: choice(["roundrobin", "leastconn", "source"], {
    description: "How requests are spread over web pods; empty: the profile's",
  }),
  loadBalancerClientAddress: choice(["connection", "proxy-protocol", "header"], {
    default: "connection",
    description: "Where the client's address comes from, for algorithm source and the log",
  }),
  loadBalancerEntryLabel: text(/^[A-Za-z0-9./_-]+=[A-Za-z0-9._-]*$/, "label=value", `${ENTRY_LABEL}=true`, {
    default: `${ENTRY_LABEL}=true`,
    description: "Label of the nodes that traffic enters by; a cluster of one node needs none",
  }),
  loadBalancerNodePort: integer(30000, 32767, { default: 30080, description: "Port on those nodes" }),

  postgresReplicas: integer(1, 9, { default: 3, description: "Database members: one primary, the rest standbys" }),
  postgresDurability: choice(["required", "preferred"], {
    description: "Whether a write waits for a standby even when none is left; empty: the profile's",
  }),
  postgresStorage: bytes({ default: "10Gi", description: "Data volume of each member" }),
  postgresMaxConnections: integer(20, 2000, {
    description: "max_connections, which must hold both poolers' pools; 0: planned from the load",
  }),
  postgresPoolSize: integer(1, 1000, {
    description: "Server connections of each pooler pod; 0: planned from the load",
  }),
  postgresWorkMem: text(/^[1-9]\d{0,4}(kB|MB|GB)$/, "a whole number with kB, MB or GB", "8MB", {
    description: "work_mem of a database session; empty: the profile's",
  }),
  postgresLoopWait: integer(1, 8, { default: 1, description: "Seconds between two looks of Patroni (loop_wait)" }),

  redisReplicas: integer(3, 9, { default: 3, description: "Cache data pods: one primary, the rest replicas" }),
  redisMaxMemory: integer(16, 65536, {
    description: "Memory for cached data in MiB; the pod's limit follows; 0: planned from the load",
  }),
  cacheTtlSeconds: integer(1, 86_400, {
    description: "Seconds a product stays in the cache; 0: the profile's, 300 for a shop",
  }),
  passwordGeneration: integer(1, 1_000_000, {
    default: 1,
    description:
      "Raised by one it rotates the passwords of the callers of Postgres and Redis without an interruption: " +
      "their pods roll over, and the ones before work until the next raise",
  }),
  redisStorage: bytes({ default: "2Gi", description: "Data volume of each cache pod" }),

  prometheusReplicas: integer(1, 4, { default: 1, description: "Prometheus pods" }),
  prometheusStorage: bytes({ default: "10Gi", description: "Data volume of each Prometheus" }),
  alertmanagerReplicas: integer(1, 5, { default: 1, description: "Alertmanager pods" }),
  scrapeInterval: integer(5, 300, { default: 60, description: "Seconds between two scrapes" }),
  alertWebhook: text(/^$|^https?:\/\/\S+$/, "an http or https URL, or nothing", "https://hooks.example.com/alerts", {
    default: "",
    description: "URL that alerts are posted to (set it with --secret); empty: alerts are kept in Alertmanager only",
  }),
} satisfies Record<string, Key<unknown>>;

/** Names of the configuration keys. */
export type KeyName = keyof typeof KEYS;

/** A complete set of values, one for each key. */
export type Values = { [K in KeyName]: z.output<(typeof KEYS)[K]["schema"]> };

import type { Load, Slo, Topology } from "../planner/plan/load";
import type { Values } from "./keys";
import { loadOf, sloOf, topologyOf } from "./sizes";

/** Requests and limits of one container, as Kubernetes writes them. */
export interface Resources {
  requests: { cpu: string; memory: string };
  limits: { cpu: string; memory: string };
}

/** The configuration as the program uses it: checked, complete and grouped by component. */
export interface Settings {
  environment: Values["environment"];
  profile: Values["profile"];
  namespace: string;
  kubeContext: string;
  url: string;
  registry: string;
  /** Existing images, by digest or (in dev) by tag; left out where the program builds them. */
  images: { webApp?: string; postgres?: string };
  /** What the cluster offers. */
  cluster: { nodes: number; zones: number; nodeCpu: string; nodeMemory: string };
  /** Percent of every container's CPU request that is really reserved. */
  cpuRequestPercent: number;
  web: {
    minReplicas: number;
    maxReplicas: number;
    targetCpuPercent: number;
    resources: Resources;
    /** Connections that a pod opens to each pooler pod at most. */
    poolSize: number;
    /** The load and the promise from which the sizes were planned, where no key sets them. */
    load: Load;
    slo: Slo;
    topology: Topology;
  };
  loadBalancer: {
    algorithm: Values["loadBalancerAlgorithm"];
    clientAddress: Values["loadBalancerClientAddress"];
    entryLabels: Record<string, string>;
    nodePort: number;
  };
  postgres: {
    replicas: number;
    durability: Values["postgresDurability"];
    storage: string;
    maxConnections: number;
    poolSize: number;
    workMem: string;
    /** Seconds. The lock guard acts shortly after a healthy primary would have renewed (loop_wait + retry_timeout). */
    failover: { loopWait: number };
  };
  redis: { replicas: number; maxMemoryMi: number; storage: string };
  /** Seconds that a product stays in the cache. */
  cacheTtlSeconds: number;
  /** Which generation of the callers' passwords is in use, from 1. */
  passwordGeneration: number;
  monitoring: {
    prometheusReplicas: number;
    prometheusStorage: string;
    alertmanagerReplicas: number;
    scrapeIntervalSeconds: number;
    /** A secret; wrap it before it reaches a resource. */
    webhook?: string;
  };
}

/** A label that every node has. */
export const EVERY_NODE = "kubernetes.io/os=linux";

/** Groups flat values by component. */
export function settingsOf(values: Values): Settings {
  // A cluster's only node is its entry, with or without the label.
  const [label = "", labelValue = ""] = (values.nodes === 1 ? EVERY_NODE : values.loadBalancerEntryLabel).split("=");
  return {
    environment: values.environment,
    profile: values.profile,
    namespace: values.namespace,
    kubeContext: values.kubeContext,
    url: values.url,
    registry: values.registry,
    images: { webApp: values.webAppImage || undefined, postgres: values.postgresImage || undefined },
    cluster: { nodes: values.nodes, zones: values.zones, nodeCpu: values.nodeCpu, nodeMemory: values.nodeMemory },
    cpuRequestPercent: values.cpuRequestPercent,
    web: {
      minReplicas: values.webMinReplicas,
      maxReplicas: values.webMaxReplicas,
      targetCpuPercent: values.webTargetCpu,
      poolSize: values.webPoolSize,
      load: loadOf(values),
      slo: sloOf(values),
      topology: topologyOf(values),
      resources: {
        requests: { cpu: values.webCpuRequest, memory: values.webMemoryRequest },
        limits: { cpu: values.webCpuLimit, memory: values.webMemoryLimit },
      },
    },
    loadBalancer: {
      algorithm: values.loadBalancerAlgorithm,
      clientAddress: values.loadBalancerClientAddress,
      entryLabels: { [label]: labelValue },
      nodePort: values.loadBalancerNodePort,
    },
    postgres: {
      replicas: values.postgresReplicas,
      durability: values.postgresDurability,
      storage: values.postgresStorage,
      maxConnections: values.postgresMaxConnections,
      poolSize: values.postgresPoolSize,
      workMem: values.postgresWorkMem,
      failover: { loopWait: values.postgresLoopWait },
    },
    cacheTtlSeconds: values.cacheTtlSeconds,
    passwordGeneration: values.passwordGeneration,
    redis: { replicas: values.redisReplicas, maxMemoryMi: values.redisMaxMemory, storage: values.redisStorage },
    monitoring: {
      prometheusReplicas: values.prometheusReplicas,
      prometheusStorage: values.prometheusStorage,
      alertmanagerReplicas: values.alertmanagerReplicas,
      scrapeIntervalSeconds: values.scrapeInterval,
      webhook: values.alertWebhook || undefined,
    },
  };
}

import type { Load, Slo, Topology } from "./load";
import { KEPT_FREE_CONNECTIONS, planPools, PODS_PER_POOLER } from "./pools";
import { sizeWeb, type WebSizes } from "./web";

/**
 * The least sizes, however small the load: the article's three web pods, three more that the autoscaler may add, and the
 * components' default pools and cache, which they take from here.
 */
export const LEAST = {
  web: { min: 3, max: 6 },
  /** Connections that a pod opens at most. */
  podPool: 10,
  poolSize: 20,
  maxConnections: 100,
  cacheMemoryMiB: 96,
};
/** Pods of both poolers together. Their pools have the same size. */
export const POOLER_PODS = 2 * PODS_PER_POOLER;

/** Values for the configuration keys of the same names. */
export interface StackSizes {
  webMinReplicas: number;
  webMaxReplicas: number;
  /** Percent of the CPU request. */
  webTargetCpu: number;
  /** Connections that a web pod opens to a pooler pod at most. */
  webPoolSize: number;
  /** Server connections of each pooler pod. */
  postgresPoolSize: number;
  postgresMaxConnections: number;
  /** MiB. */
  redisMaxMemory: number;
}

/** Sizes that the stack file decides; the planner derives the others from them. */
export type DecidedSizes = Partial<Pick<StackSizes, "webMinReplicas" | "webMaxReplicas" | "postgresPoolSize">>;

/**
 * Size of a web tier as it is deployed: what the load and the promise ask for, at least {@link LEAST}, and a maximum
 * above the minimum so that the autoscaler can act.
 *
 * @throws PlanError, a sentence naming the input
 */
export function deployedWeb(load: Load, slo: Slo, topology: Topology): WebSizes {
  const plan = sizeWeb(load, slo, { ...topology, atLeast: { ...LEAST.web, ...topology.atLeast } });
  return { ...plan, maxReplicas: Math.max(plan.maxReplicas, plan.minReplicas + 1) };
}

/**
 * Sizes of a stack: the autoscaler's bounds and target from load and promise, pools and cache from the requests that
 * reach them.
 *
 * @throws PlanError, a sentence naming the input
 */
export function stackSizes(load: Load, slo: Slo, topology: Topology, decided: DecidedSizes = {}): StackSizes {
  const web = deployedWeb(load, slo, {
    ...topology,
    atLeast: { min: decided.webMinReplicas ?? LEAST.web.min, max: decided.webMaxReplicas ?? LEAST.web.max },
  });
  const maxReplicas = decided.webMaxReplicas ?? web.maxReplicas;
  const pools = planPools(load, { maxReplicas });
  const poolSize = decided.postgresPoolSize ?? Math.max(LEAST.poolSize, pools.perPooler.write, pools.perPooler.read);
  return {
    webMinReplicas: web.minReplicas,
    webMaxReplicas: web.maxReplicas,
    webTargetCpu: web.targetCpuUtilization,
    webPoolSize: Math.max(LEAST.podPool, pools.perPod.write, pools.perPod.read),
    postgresPoolSize: poolSize,
    postgresMaxConnections: Math.max(LEAST.maxConnections, POOLER_PODS * poolSize + KEPT_FREE_CONNECTIONS),
    redisMaxMemory: Math.max(LEAST.cacheMemoryMiB, pools.cacheMemoryMiB ?? 0),
  };
}

import { KEPT_FREE_CONNECTIONS, planPools, PODS_PER_POOLER } from "../../planner/plan/pools";
import { LEAST } from "../../planner/plan/sizes";
import { DEFAULTS as POSTGRES } from "../postgres/settings";
import { webSize, type WebSize } from "../web-service/sizing";
import { DEFAULTS as WORKER } from "../worker/settings";
import type { AppSettings } from "./completed";
import { ROLLOUT_PODS } from "./settings";

/** What an app's data tiers are sized to. */
export interface AppSizes {
  /** Connections of each pooler pod to the database. */
  poolSize: number;
  /** Connections that each pooler pod takes from programs. */
  maxClientConnections: number;
  maxConnections: number;
  /** MiB of the cache. */
  maxmemory: number;
}

/**
 * Sizes by the planner: pools and cache for the load, and room in one pooler pod for every program's connections, which
 * it gets while the other one is lost.
 *
 * @param poolers in front of the database
 * @throws PlanError, a sentence naming the input, where no number of pods keeps the promise
 */
export function appSizes(
  { load, slo, web, services, workers, jobs, resources }: AppSettings,
  poolers: number,
): AppSizes {
  const most = ({ scaling }: WebSize) => (typeof scaling === "number" ? scaling : scaling.max);
  const mostWeb = most(webSize({ load, slo, ...web, resources: web.resources ?? resources }));
  const answering = [mostWeb, ...Object.values(services).map((service) => most(webSize(service)))];
  const plan = load && planPools(load, { maxReplicas: mostWeb });
  const poolSize = Math.max(LEAST.poolSize, plan?.perPooler.write ?? 0, plan?.perPooler.read ?? 0);
  const perPod = Math.max(LEAST.podPool, plan?.perPod.write ?? 0, plan?.perPod.read ?? 0);
  const working = Object.values(workers).map(({ replicas = WORKER.WorkerArgs.replicas }) => replicas + ROLLOUT_PODS);
  const pods = [...answering.map((all) => all + ROLLOUT_PODS), ...working, Object.keys(jobs).length].reduce(
    (sum, some) => sum + some,
    0,
  );
  return {
    poolSize,
    maxClientConnections: Math.max(POSTGRES.PoolerArgs.maxClientConnections, perPod * pods),
    maxConnections: Math.max(LEAST.maxConnections, poolers * PODS_PER_POOLER * poolSize + KEPT_FREE_CONNECTIONS),
    maxmemory: Math.max(LEAST.cacheMemoryMiB, plan?.cacheMemoryMiB ?? 0),
  };
}

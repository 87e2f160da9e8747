import type { Database } from "../../components/postgres/operations";
import type { RedisState } from "../../components/redis/operations";
import { podNamed, type ClusterState, type PodState } from "../../cluster/state";

/** What the drills need to know of the stack, read once before a fault. */
export interface StackState extends ClusterState {
  postgres: Database;
  redis: RedisState;
}

/** @throws Error where the database has no leader; guards come before */
export function postgresPrimary(state: StackState): PodState {
  if (state.postgres.leader === undefined) throw new Error("Postgres has no leader");
  return podNamed(state, state.postgres.leader);
}

/** @throws Error where Redis has no primary; guards come before */
export function redisPrimary(state: StackState): PodState {
  if (state.redis.primary === undefined) throw new Error("Redis has no primary");
  return podNamed(state, state.redis.primary);
}

import { podNamed, type ClusterState, type PodState } from "../../cluster/state";

/** What the drills need to know of the stack, read once before a fault. */
export interface StackState extends ClusterState {
  postgres: PostgresState;
  redis: RedisState;
}

/** The database cluster, as Patroni tells it. */
export interface PostgresState {
  /** Pod name of the leader; undefined while there is none. */
  leader: string | undefined;
  members: PostgresMember[];
}

/** One member, as Patroni's `/cluster` names things. */
export interface PostgresMember {
  name: string;
  /** `leader`, `replica`, `sync_standby`, `quorum_standby` … */
  role: string;
  /** `running` for a leader, `streaming` for a healthy replica. */
  state: string;
  timeline?: number;
}

/** Redis, as its Sentinels tell it. */
export interface RedisState {
  /** Pod name of the primary; undefined where the Sentinels name an address that is no pod's. */
  primary: string | undefined;
  /** What `SENTINEL CKQUORUM` answered; begins with `OK` where a failover is possible. */
  quorum: string;
}

/** @throws Error where the database has no leader; guards come before */
export function postgresPrimary(state: StackState): PodState {
  if (state.postgres.leader === undefined) throw new Error("Postgres has no leader");
  return podNamed(state, state.postgres.leader);
}

/** Timeline of the database's leader, which every promotion raises by one; 0 where there is no leader. */
export function timelineOf({ postgres }: StackState): number {
  return postgres.members.find((member) => member.name === postgres.leader)?.timeline ?? 0;
}

/** @throws Error where Redis has no primary; guards come before */
export function redisPrimary(state: StackState): PodState {
  if (state.redis.primary === undefined) throw new Error("Redis has no primary");
  return podNamed(state, state.redis.primary);
}

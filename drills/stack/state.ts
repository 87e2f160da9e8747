/** What the drills need to know of the stack, read once before a fault. */
export interface StackState {
  namespace: string;
  nodes: NodeState[];
  /** Pods of the namespace that are not finished. */
  pods: PodState[];
  postgres: PostgresState;
  redis: RedisState;
}

/** One node of the cluster. */
export interface NodeState {
  name: string;
  address: string;
  controlPlane: boolean;
  ready: boolean;
  /** Whether it takes no new pods, because a person or a drill said so. */
  cordoned: boolean;
  /** The container that is this node, where the cluster's nodes are containers. */
  container?: string;
}

/** One pod. */
export interface PodState {
  name: string;
  uid: string;
  node: string;
  address: string;
  /** Its `app.kubernetes.io/name`. */
  workload: string;
  /** Whether it is ready, as its readiness probe says. */
  ready: boolean;
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

/** @throws Error where there is no such pod */
export function podNamed(state: StackState, name: string): PodState {
  const pod = state.pods.find((candidate) => candidate.name === name);
  if (!pod) throw new Error(`no pod ${name} in namespace ${state.namespace}`);
  return pod;
}

/** @throws Error where there is no such node */
export function nodeNamed(state: StackState, name: string): NodeState {
  const node = state.nodes.find((candidate) => candidate.name === name);
  if (!node) throw new Error(`no node ${name}`);
  return node;
}

/** The first control plane node. @throws Error where the cluster shows none, as managed ones do */
export function controlPlane(state: StackState): NodeState {
  const node = state.nodes.find((candidate) => candidate.controlPlane);
  if (!node) throw new Error("the cluster shows no control plane node");
  return node;
}

/** Pods of one workload, in order of their names. */
export function podsOf(state: StackState, workload: string): PodState[] {
  return state.pods.filter((pod) => pod.workload === workload).sort((a, b) => a.name.localeCompare(b.name));
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

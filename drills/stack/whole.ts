import { podsOf } from "../../cluster/state";
import type { StackState } from "./state";

/** What a whole stack has of each. */
export interface Wanted {
  /** Database members that stream, the leader included. */
  postgresMembers: number;
}

const REPLICA_ROLES = ["replica", "sync_standby", "quorum_standby"];

/**
 * What is missing for the stack to be whole: every node Ready, every pod ready, one leader and all other members
 * streaming on its timeline, at least one of them counted for the quorum, and Sentinels able to fail over.
 *
 * @returns one clause for each thing that is wrong; empty for a whole stack
 */
export function whatIsMissing(state: StackState, wanted: Wanted): string[] {
  const missing: string[] = [];
  for (const node of state.nodes) if (!node.ready) missing.push(`node ${node.name} is not Ready`);
  for (const pod of state.pods) if (!pod.ready) missing.push(`pod ${pod.name} is not ready`);
  missing.push(...missingInPostgres(state, wanted), ...missingInRedis(state));
  return missing;
}

function missingInPostgres(state: StackState, wanted: Wanted): string[] {
  const { leader, members } = state.postgres;
  if (leader === undefined) return ["Postgres has no leader"];
  const missing: string[] = [];
  const timeline = members.find((member) => member.name === leader)?.timeline;
  const healthy = members.filter((member) => member.name === leader ? member.state === "running" : member.state === "streaming");
  if (healthy.length !== wanted.postgresMembers) {
    missing.push(`${healthy.length} of ${wanted.postgresMembers} Postgres members are running or streaming`);
  }
  for (const member of members) {
    // One that is down tells none, and is counted above.
    if (member.timeline !== undefined && member.timeline !== timeline) missing.push(`${member.name} is on timeline ${member.timeline}, the leader on ${timeline}`);
  }
  const replicas = members.filter((member) => REPLICA_ROLES.includes(member.role));
  if (replicas.length > 0 && replicas.every((member) => member.role === "replica")) missing.push("no Postgres member is a synchronous standby");
  return missing;
}

function missingInRedis(state: StackState): string[] {
  if (podsOf(state, "redis").length === 0) return [];
  const missing: string[] = [];
  if (state.redis.primary === undefined) missing.push("the Sentinels name no Redis primary");
  if (!state.redis.quorum.startsWith("OK")) missing.push(`the Sentinels cannot fail over: ${state.redis.quorum}`);
  return missing;
}

import { missingInDatabase } from "../../components/postgres/operations";
import { missingInRedis } from "../../components/redis/operations";
import { podsOf } from "../../cluster/state";
import type { StackState } from "./state";

/** What a whole stack has of each. */
export interface Wanted {
  /** Database members that stream, the leader included. */
  postgresMembers: number;
}

/**
 * What is missing for the stack to be whole: every node Ready, every pod ready, and database and Redis whole.
 *
 * @returns one clause for each thing that is wrong; empty for a whole stack
 */
export function whatIsMissing(state: StackState, wanted: Wanted): string[] {
  const missing: string[] = [];
  for (const node of state.nodes) if (!node.ready) missing.push(`node ${node.name} is not Ready`);
  for (const pod of state.pods) if (!pod.ready) missing.push(`pod ${pod.name} is not ready`);
  missing.push(...missingInDatabase(state.postgres, wanted.postgresMembers));
  if (podsOf(state, "redis").length > 0) missing.push(...missingInRedis(state.redis));
  return missing;
}

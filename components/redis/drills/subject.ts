import type { V1Service } from "@kubernetes/client-node";
import { askAny } from "../../../cluster/ask";
import { podsOf } from "../../../cluster/state";
import { all, notOnControlPlane, type Guard } from "../../../drills/guards";
import { leaderOf, type StackState } from "../../../drills/stack/state";
import type { Subject } from "../../../drills/stack/subject";
import { aimAt } from "../../../drills/targets";
import { ASK_SENTINEL, missingInRedis, redisState, SENTINEL_CONTAINER } from "../operations";
import { REDIS_PORT, SENTINEL_PORT } from "../names";

/** Name of the StatefulSet, of its pods' container, and of the Service that points at the primary. */
export const REDIS = "redis";

/** Name of the Sentinels' StatefulSet. */
export const SENTINEL = `${REDIS}-sentinel`;

/** Redis, as drills look at it. */
export const CACHE: Subject = {
  name: REDIS,
  entrances: { [REDIS]: REDIS_PORT, [SENTINEL]: SENTINEL_PORT },
  look: async ({ kubectl, cluster, objects }) => {
    const { program, input } = ASK_SENTINEL;
    const services = objects.filter((object): object is V1Service => object.kind === "Service");
    const answer = await askAny(kubectl.with({ input }), podsOf(cluster, SENTINEL), SENTINEL_CONTAINER, program);
    const state = redisState(answer, services);
    // A stack may do without.
    return { leader: state.primary, missing: podsOf(cluster, REDIS).length > 0 ? missingInRedis(state) : [] };
  },
};

const primaryOf = (state: StackState) => leaderOf(state, REDIS);

/** A fault at Redis' primary. */
export const atPrimary = aimAt(primaryOf);

/** A failover needs somebody to fail over to. */
export const severalServers: Guard = (state) =>
  podsOf(state, REDIS).length < 3 ? "it needs three Redis servers; deploy `redis` with three replicas" : undefined;

/** The primary's node can be lost, and somebody takes over. */
export const canFailOver = all(severalServers, notOnControlPlane("the Redis primary", primaryOf));

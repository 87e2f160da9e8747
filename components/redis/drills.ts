import { podsOf } from "../../cluster/state";
import type { Drill } from "../../drills/drill";
import { deletePods } from "../../drills/faults/kubernetes";
import { freezeNode, killNode } from "../../drills/faults/node";
import { coordinatedFailover, copyAnew, fillCache } from "./drills/faults";
import { atPrimary, canFailOver, REDIS, severalServers } from "./drills/subject";

export { CACHE } from "./drills/subject";

/** Callers do without a cache while Redis is away, so only its own load shows how long Redis itself was. */
const ALSO: Drill["also"] = ["redis"];
/**
 * How long the full cache is written to while a replica copies it: a copy takes seconds, and may have to begin again.
 */
const WRITE_SECONDS = 40;
/** As much again is written first, so that the cache is full: 40 MB/s fill 96 MiB in three. */
const FILL_SECONDS = 5;

/**
 * The cache's primary goes. What its callers are promised is no error and hardly a stall; the outage of Redis itself is
 * reported beside it.
 */
export const REDIS_DRILLS: Drill[] = [
  {
    name: "redis-handed-over",
    title: "The Redis primary hands its role over on request.",
    needsNodeContainers: false,
    also: ALSO,
    isolatedFrom: REDIS,
    guard: severalServers,
    plan: atPrimary((state) => ({ fault: [coordinatedFailover(state)] })),
    hold: { atLeast: 10, atMost: 30 },
    expect: { writeOutageSeconds: 1, readOutageSeconds: 1, failedWrites: 0, failedReads: 0, wholeAgainSeconds: 60 },
  },
  {
    name: "redis-primary-deleted",
    title: "The pod of the Redis primary is deleted.",
    needsNodeContainers: false,
    also: ALSO,
    isolatedFrom: REDIS,
    guard: severalServers,
    plan: atPrimary((state, primary) => ({ fault: [deletePods(state, [primary.name])] })),
    hold: { atLeast: 15, atMost: 60 },
    expect: { writeOutageSeconds: 1, readOutageSeconds: 1, failedWrites: 0, failedReads: 0, wholeAgainSeconds: 90 },
  },
  {
    name: "redis-node-killed",
    title: "The node of the Redis primary loses its power.",
    needsNodeContainers: true,
    also: ALSO,
    isolatedFrom: REDIS,
    guard: canFailOver,
    plan: atPrimary((_state, _primary, node) => ({ nodes: [node.name], ...killNode(node) })),
    hold: { atLeast: 20, atMost: 90 },
    expect: { readOutageSeconds: 6, redisOutageSeconds: 6, wholeAgainSeconds: 180 },
  },
  {
    name: "redis-node-frozen",
    title: "The node of the Redis primary freezes.",
    needsNodeContainers: true,
    also: ALSO,
    isolatedFrom: REDIS,
    guard: canFailOver,
    plan: atPrimary((_state, _primary, node) => ({ nodes: [node.name], ...freezeNode(node) })),
    hold: { atLeast: 20, atMost: 90 },
    expect: { readOutageSeconds: 6, redisOutageSeconds: 6, wholeAgainSeconds: 180 },
  },
  {
    name: "redis-memory",
    title: "A full cache is written at 40 MB/s, while a replica copies all of it from the primary.",
    needsNodeContainers: false,
    also: ALSO,
    guard: severalServers,
    plan: atPrimary((state, primary) => {
      const replica = podsOf(state, REDIS).find(({ name }) => name !== primary.name)!;
      return {
        prepare: [fillCache(state, primary, FILL_SECONDS)],
        fault: [fillCache(state, primary, WRITE_SECONDS), { ...copyAnew(state, replica), together: true }],
      };
    }),
    evicts: true,
    hold: { atLeast: WRITE_SECONDS + 10, atMost: WRITE_SECONDS + 60 },
    expect: {
      writeOutageSeconds: 1,
      readOutageSeconds: 1,
      failedWrites: 0,
      failedReads: 0,
      redisOutageSeconds: 2,
      wholeAgainSeconds: 120,
    },
  },
];

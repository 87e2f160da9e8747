import type { Examples } from "../examples/example";
import type { Mutations } from "../mutations";
import { configMap, mounting, statefulSet } from "../objects";

const redis = (lines: string, replicas = 3) => [
  statefulSet("redis", {
    spec: { replicas },
    container: { resources: { limits: { memory: "200Mi" } } },
    ...mounting("redis"),
  }),
  configMap("redis", { "redis.conf": `appendonly yes\n${lines}\n` }),
];
const sentinel = (replicas: number, quorum: number) => [
  statefulSet("sentinel", { spec: { replicas }, ...mounting("sentinel") }),
  configMap("sentinel", { "sentinel.conf": `sentinel monitor main 10.0.0.1 6379 ${quorum}\n` }),
];

/** What keeps and what breaks each rule. */
export const redisExamples: Examples = {
  "redis-memory-fits": { bad: [redis("save 60 1"), redis("maxmemory 190mb")], good: [redis("maxmemory 96mb")] },
  "redis-writes-replicated": {
    bad: [redis("maxmemory 96mb"), redis("min-replicas-to-write 3")],
    good: [redis("min-replicas-to-write 1"), redis("maxmemory 96mb", 1)],
  },
  "sentinel-majority": {
    bad: [sentinel(2, 1), sentinel(3, 1), sentinel(3, 3)],
    good: [sentinel(3, 2), sentinel(5, 3)],
  },
};

/** How each rule is broken in this repository's own stack. */
export const redisMutations: Mutations = {
  "redis-memory-fits": (mutant) => mutant.edit("redis-config", "redis.conf", /^maxmemory .*$/m, "maxmemory 64gb"),
  "redis-writes-replicated": (mutant) => mutant.edit("redis-config", "redis.conf", /^min-replicas-to-write .*$/m, ""),
  "sentinel-majority": (mutant) => {
    mutant.spec("StatefulSet", "redis-sentinel").replicas = 2;
  },
};

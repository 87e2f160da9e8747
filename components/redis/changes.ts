import { each, everyComponents, marked, peers, VOLUMES, type Change } from "../common/changes";

/** Every argument changed once, with what has to go for that. */
export const REDIS_CHANGES: Change[] = [
  ...everyComponents("RedisArgs"),
  ...each("RedisArgs", {
    replicas: 4,
    maxmemory: 128,
    evictionPolicy: "noeviction",
    strictSpread: true,
    passwordGeneration: 2,
    clients: peers,
    scrapedBy: peers,
    transform: { server: marked, sentinel: marked },
  }),
  {
    of: "RedisArgs",
    argument: "persistence",
    to: "none",
    takes: ["StatefulSet"],
    because: `${VOLUMES}: the data goes`,
  },
  {
    of: "RedisArgs",
    argument: "storage",
    to: { size: "3Gi" },
    takes: ["StatefulSet"],
    because: `${VOLUMES}: the data goes`,
  },
];

import { expect, test } from "vitest";
import { missingInRedis, redisState, type RedisState } from "./operations";

const OK = "OK 3 usable Sentinels";
const services = [
  { spec: { clusterIP: "10.96.0.1" } },
  { spec: { clusterIP: "10.96.0.7", selector: { "statefulset.kubernetes.io/pod-name": "redis-2" } } },
];

test.each<[string, string | undefined, RedisState]>([
  ["the address of a server's Service", `10.96.0.7\n6379\n${OK}\n`, { primary: "redis-2", quorum: OK }],
  ["an address of nobody", "10.96.0.8\n6379\nNOQUORUM\n", { primary: undefined, quorum: "NOQUORUM" }],
  ["an address of no server", `10.96.0.1\n6379\n${OK}\n`, { primary: undefined, quorum: OK }],
  ["nothing of a quorum", "10.96.0.7\n6379\n", { primary: "redis-2", quorum: "no answer" }],
  ["nothing at all", undefined, { primary: undefined, quorum: "no Sentinel answers" }],
])("Sentinels that tell %s", (_, answer, state) => expect(redisState(answer, services)).toEqual(state));

test.each<[RedisState, string[]]>([
  [{ primary: "redis-2", quorum: OK }, []],
  [{ primary: undefined, quorum: OK }, ["the Sentinels name no Redis primary"]],
  [{ primary: "redis-2", quorum: "NOQUORUM 1 usable" }, ["the Sentinels cannot fail over: NOQUORUM 1 usable"]],
])("%j lacks %j", (state, missing) => expect(missingInRedis(state)).toEqual(missing));

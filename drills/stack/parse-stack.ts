import type { V1Service } from "@kubernetes/client-node";
import type { PostgresMember, PostgresState, RedisState } from "./state";

const POD_NAME_LABEL = "statefulset.kubernetes.io/pod-name";

/** @param json answer of Patroni's `GET /cluster` */
export function postgresState(json: string): PostgresState {
  const { members } = JSON.parse(json) as { members: PostgresMember[] };
  return { leader: members.find((member) => member.role === "leader")?.name, members };
}

/**
 * @param text answers to `SENTINEL GET-MASTER-ADDR-BY-NAME` (two lines) and `SENTINEL CKQUORUM` (one)
 * @param services the namespace's; each Redis pod is known by the address of a Service of its own
 */
export function redisState(text: string, services: V1Service[]): RedisState {
  const [address, , quorum = "no answer"] = text.trim().split("\n");
  const service = services.find((candidate) => candidate.spec?.clusterIP === address);
  return { primary: service?.spec?.selector?.[POD_NAME_LABEL], quorum };
}

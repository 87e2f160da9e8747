import { ACCOUNTS_PATH, PRIMARY_NAME, SENTINEL_PORT } from "./names";

/**
 * What is asked of a Redis that runs, and how its answers are read: plain data and pure functions, for commands, drills
 * and tests. Who leads is the server behind the address that a Sentinel names.
 */

/** Container of a Sentinel's pod that programs are run in. */
export const SENTINEL_CONTAINER = "sentinel";

/** A client as the operator, whose password is mounted in every pod of Redis. @param cli how the shell calls it */
export const asOperator = (cli: string): string =>
  `VALKEYCLI_AUTH=$(cat ${ACCOUNTS_PATH}/operator-password) ${cli} --no-auth-warning --user operator`;

/** A program for a Sentinel's container that asks who leads and whether a failover is possible; both as `input`. */
export const ASK_SENTINEL = {
  program: ["sh", "-c", `${asOperator("exec valkey-cli")} -p ${SENTINEL_PORT}`],
  input: `SENTINEL GET-MASTER-ADDR-BY-NAME ${PRIMARY_NAME}\nSENTINEL CKQUORUM ${PRIMARY_NAME}\n`,
};

/** Redis, as its Sentinels tell it. */
export interface RedisState {
  /** Pod name of the primary; undefined where the Sentinels name an address that is no pod's. */
  primary: string | undefined;
  /** What `SENTINEL CKQUORUM` answered; begins with `OK` where a failover is possible. */
  quorum: string;
}

/** A Service, as far as it is read here. */
interface Service {
  spec?: { clusterIP?: string; selector?: Record<string, string> };
}

const POD_NAME_LABEL = "statefulset.kubernetes.io/pod-name";

/**
 * Reads what {@link ASK_SENTINEL} printed: two lines of address and port, and one of the quorum.
 *
 * @param answer undefined where no Sentinel answers
 * @param services the namespace's; each server is known by the address of a Service of its own
 */
export function redisState(answer: string | undefined, services: readonly Service[]): RedisState {
  if (answer === undefined) return { primary: undefined, quorum: "no Sentinel answers" };
  const [address, , quorum = "no answer"] = answer.trim().split("\n");
  const service = services.find(({ spec }) => spec?.clusterIP === address);
  return { primary: service?.spec?.selector?.[POD_NAME_LABEL], quorum };
}

/** What is missing for Redis to be whole; one clause for each thing that is wrong. */
export function missingInRedis({ primary, quorum }: RedisState): string[] {
  return [
    ...(primary === undefined ? ["the Sentinels name no Redis primary"] : []),
    ...(quorum.startsWith("OK") ? [] : [`the Sentinels cannot fail over: ${quorum}`]),
  ];
}

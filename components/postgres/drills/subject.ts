import type { V1Endpoints } from "@kubernetes/client-node";
import { askAny } from "../../../cluster/ask";
import { podsOf, type PodState } from "../../../cluster/state";
import { all, notOnControlPlane, type Guard } from "../../../drills/guards";
import { inPod, kubectl } from "../../../drills/stack/command";
import { leaderOf, type StackState } from "../../../drills/stack/state";
import type { Store } from "../../../drills/stack/subject";
import { aimAt } from "../../../drills/targets";
import type { Plan } from "../../../drills/drill";
import { DATA_DIRECTORY, POOLER_PORTS, PORTS } from "../names";
import {
  ASK_MEMBERS,
  CONTAINERS,
  lockHolder,
  membersOf,
  missingInDatabase,
  POSTGRES,
  sql,
  timelineOf,
} from "../operations";
import { DEFAULTS } from "../settings";

/** The poolers, in front of the primary and of the replicas. */
export const POOLERS = [`${POSTGRES}-pooler`, `${POSTGRES}-pooler-ro`] as const;

/** Members of the database in every environment that drills make sense in: with two, one lost leaves no quorum. */
const MEMBERS = 3;

/** The database, as drills look at it and ask it for the truth. */
export const STORE: Store = {
  name: POSTGRES,
  entrances: {
    [POSTGRES]: PORTS.postgres,
    ...Object.fromEntries(POOLERS.map((pooler) => [pooler, POOLER_PORTS.pgbouncer])),
  },
  look: async ({ kubectl, cluster, objects }) => {
    const lock = objects.find(
      (object): object is V1Endpoints => object.kind === "Endpoints" && object.metadata?.name === POSTGRES,
    );
    const answer = await askAny(kubectl, podsOf(cluster, POSTGRES), CONTAINERS.database, ASK_MEMBERS);
    const database = { leader: lockHolder(lock), members: answer === undefined ? [] : membersOf(answer) };
    return { leader: database.leader, timeline: timelineOf(database), missing: missingInDatabase(database, MEMBERS) };
  },
  sql: (namespace, pod, statements) => {
    const psql = sql(["-f", "-"], DEFAULTS.PostgresArgs.database);
    return {
      ...kubectl({ namespace }, "exec", "-i", pod, "-c", CONTAINERS.database, "--", ...psql),
      input: statements,
    };
  },
  dataDirectory: (namespace, pod) => {
    const stat = ["stat", "-c", "%i %W", DATA_DIRECTORY, `${DATA_DIRECTORY}/PG_VERSION`];
    return inPod(namespace, pod, CONTAINERS.database, ...stat);
  },
};

/** Who leads the database. @throws Error where nobody does; guards come before */
export const primaryOf = (state: StackState): PodState => leaderOf(state, POSTGRES);

/** A fault at the database's primary. */
export const atPrimary = aimAt(primaryOf);

/** The primary's own address, for a second writer that passes the pooler by. */
export function straightTo(primary: PodState): NonNullable<Plan["direct"]> {
  return { host: primary.address, port: PORTS.postgres };
}

/** The database's primary is on a worker. */
export const primaryOnWorker = notOnControlPlane("the Postgres primary", primaryOf);

/** A failover needs somebody to fail over to. */
export const severalMembers: Guard = (state) =>
  podsOf(state, POSTGRES).length < MEMBERS
    ? "it needs three Postgres members, or nobody is left to take over with a quorum; deploy `postgres` with three " +
      "replicas"
    : undefined;

/** Two members can be lost with their nodes, and one is left. */
const membersApart: Guard = (state) => {
  const nodes = new Set(podsOf(state, POSTGRES).map(({ node }) => node));
  return nodes.size < MEMBERS
    ? "its Postgres members share a node, so the loss of two would leave nobody; delete one of those that share"
    : undefined;
};

/** The primary's node can be lost, and somebody takes over. */
export const canFailOver = all(severalMembers, primaryOnWorker);

/** The nodes of two members can be lost, the primary's among them. */
export const canLoseTwo = all(canFailOver, membersApart);

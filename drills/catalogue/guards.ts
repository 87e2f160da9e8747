import { nodeNamed, podsOf, type PodState } from "../../cluster/state";
import { postgresPrimary, redisPrimary, type StackState } from "../stack/state";

type Guard = (state: StackState) => string | undefined;

/** The first reason of several guards. */
export function all(...guards: Guard[]): Guard {
  return (state) => {
    for (const guard of guards) {
      const reason = guard(state);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
}

/** The control plane carries the published port and the API: with it gone the drill would measure something else. */
function notOnControlPlane(what: string, find: (state: StackState) => PodState): Guard {
  return (state) =>
    nodeNamed(state, find(state).node).controlPlane
      ? `${what} runs on the control plane, whose loss is another drill; move it to a worker first`
      : undefined;
}

/** The database's primary is on a worker. */
export const postgresPrimaryOnWorker = notOnControlPlane("the Postgres primary", postgresPrimary);

/** Redis' primary is on a worker. */
export const redisPrimaryOnWorker = notOnControlPlane("the Redis primary", redisPrimary);

/** A failover needs somebody to fail over to. */
export const severalPostgresMembers: Guard = (state) =>
  podsOf(state, "postgres").length < 3
    ? "it needs three Postgres members, or nobody is left to take over with a quorum; deploy `postgres` with three " +
      "replicas"
    : undefined;

/** Two members can be lost with their nodes, and one is left. */
export const threePostgresMembersApart: Guard = (state) => {
  const nodes = new Set(podsOf(state, "postgres").map(({ node }) => node));
  return nodes.size < 3
    ? "its Postgres members share a node, so the loss of two would leave nobody; delete one of those that share"
    : undefined;
};

/** What is moved away comes back, and a node that a person has closed stays closed. */
export const nodesTakePods: Guard = (state) => {
  const closed = state.nodes.find((node) => node.cordoned);
  return closed && `node ${closed.name} takes no new pods; open it first (\`kubectl uncordon ${closed.name}\`)`;
};

/** A web pod that is cut off must have somebody beside it, or there is nobody to be compared with. */
export const severalWebPods: Guard = (state) =>
  podsOf(state, "web-app").length < 2 ? "it needs two web pods; raise `webMinReplicas`" : undefined;

/** As with the database's members, for Redis. */
export const severalRedisServers: Guard = (state) =>
  podsOf(state, "redis").length < 3 ? "it needs three Redis servers; deploy `redis` with three replicas" : undefined;

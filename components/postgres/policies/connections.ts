import { KEPT_FREE_CONNECTIONS } from "../../../planner/plan/pools";
import { check } from "../../../policy/engine/checks";
import { numberSetting, type Rule } from "../../../policy/engine/rule";
import type { Graph } from "../../../policy/graph/graph";
import { targetsOf } from "../../../policy/graph/network";
import { referencedServices, variablesOf } from "../../../policy/graph/references";
import { replicasOf } from "../../../policy/graph/replicas";
import type { ServiceSpec } from "../../../policy/graph/types";
import type { Workload } from "../../../policy/graph/workload";
import { eachCluster, furtherPoolsOf, parameter, pgbouncersOf } from "./clusters";

const POOL_VARIABLE = /^(DB|DATABASE|PG|POSTGRES)(_[A-Z]+)*_(POOL_(SIZE|MAX)|MAX_CONNECTIONS|CONNECTION_LIMIT)$/;

/** Connections that a workload opens at most at its largest, if it pools by itself and is told how many. */
function ownPools(workload: Workload, graph: Graph): number {
  return (
    replicasOf(workload, graph).max *
    variablesOf(workload, graph, POOL_VARIABLE).reduce((sum, size) => sum + (Number(size) || 0), 0)
  );
}

/** Connections that a workload's PgBouncers open at most, to all databases. */
function pooled(workload: Workload, graph: Graph): number {
  const own = pgbouncersOf(workload, graph).map((config) =>
    Number(config.max_db_connections ?? config.default_pool_size ?? 20),
  );
  const sizes = [...own, ...furtherPoolsOf(workload, graph)];
  return replicasOf(workload, graph).max * sizes.reduce((sum, size) => sum + size, 0);
}

/** Workloads that are told to call another, also by a Service whose addresses somebody else keeps. */
function callers(target: Workload, graph: Graph): Workload[] {
  const owned = (serviceLabels: Record<string, string>): boolean =>
    Object.keys(serviceLabels).length > 0 &&
    ["app.kubernetes.io/name", "app"].some(
      (key) => serviceLabels[key] !== undefined && serviceLabels[key] === target.podLabels[key],
    );
  return graph.workloads.filter(
    (workload) =>
      workload !== target &&
      workload.longRunning &&
      referencedServices(workload, graph).some(
        (service) =>
          targetsOf(service, graph).includes(target) ||
          (!service.spec<ServiceSpec>().selector && owned(service.labels)),
      ),
  );
}

/** What the database's callers may open together. */
export const connectionRules: Rule[] = [
  {
    id: "connections-fit",
    title: "All pools together, at the autoscaler's maximum, fit into max_connections",
    why: 'At the peak the last pods to start get "too many clients", and so does whoever tries to repair it.',
    fix:
      "Lower the pools or the maximum of pods, or raise `max_connections` (or `max_client_conn` of the pooler) by " +
      "what the message says.",
    prevents: ["https://www.postgresql.org/docs/17/runtime-config-connection.html"],
    scope: "graph",
    settings: {
      reserved: {
        type: "integer",
        description: "Connections kept for administration, exporters and replication.",
        default: KEPT_FREE_CONNECTIONS,
      },
    },
    *checks(graph, settings) {
      yield* eachCluster(({ workload, config }) => {
        const wanted = callers(workload, graph).reduce(
          (sum, caller) =>
            sum + (pgbouncersOf(caller, graph).length > 0 ? pooled(caller, graph) : ownPools(caller, graph)),
          0,
        );
        const over = wanted + numberSetting(settings, "reserved") - Number(parameter(config, "max_connections") ?? 100);
        return over > 0
          ? `its callers' pools may open ${over} connections more than max_connections leaves them`
          : undefined;
      })(graph, settings);
      for (const workload of graph.workloads) {
        yield check(workload.object.resource, () => {
          const accepted = pgbouncersOf(workload, graph).map((config) => Number(config.max_client_conn ?? 100));
          const over =
            callers(workload, graph).reduce((sum, caller) => sum + ownPools(caller, graph), 0) - Math.max(...accepted);
          return accepted.length > 0 && over > 0
            ? `its callers may open ${over} connections more to one pod than max_client_conn`
            : undefined;
        });
      }
    },
  },
];

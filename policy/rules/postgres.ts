import { USER_ANNOTATION } from "../../config/addresses";
import { quantity, type Quantity } from "../../graph/quantity";
import { KEPT_FREE_CONNECTIONS } from "../../planner/plan/pools";
import { type Answer, check, eachWorkload } from "../engine/checks";
import { numberSetting, type Rule } from "../engine/rule";
import type { Graph } from "../graph/graph";
import { targetsOf } from "../graph/network";
import { memoryBytes, patroniOf, pgbouncersOf, type PatroniConfig } from "../graph/programs";
import { referencedServices, secretNames, spokenTexts, variablesOf } from "../graph/references";
import { budgetsOf, evictable, replicasOf } from "../graph/replicas";
import type { ServiceSpec } from "../graph/types";
import type { Workload } from "../graph/workload";

/** A database and how Patroni keeps it. */
interface Cluster {
  workload: Workload;
  config: PatroniConfig;
}

/** Checks every database that Patroni manages. */
function eachCluster(
  test: (cluster: Cluster, graph: Graph, settings: Parameters<Rule["checks"]>[1]) => Answer,
): Rule["checks"] {
  return (graph, settings) =>
    graph.workloads
      .filter(({ replicated }) => replicated)
      .map((workload) =>
        check(workload.object.resource, () => {
          const config = patroniOf(workload, graph);
          return config ? test({ workload, config }, graph, settings) : undefined;
        }),
      );
}

function parameter(config: PatroniConfig, name: string): string | undefined {
  const value = config.postgresql?.parameters?.[name];
  return value === undefined ? undefined : String(value);
}

function volumeBytes(workload: Workload): number {
  const { volumeClaimTemplates = [] } = workload.object.spec<{
    volumeClaimTemplates?: { spec?: { resources?: { requests?: { storage?: Quantity } } } }[];
  }>();
  return Math.max(0, ...volumeClaimTemplates.map((claim) => quantity(claim.spec?.resources?.requests?.storage ?? 0)));
}

/** Memory limit of the container that holds the most, which is the database's. */
function memoryLimit(workload: Workload): number {
  return Math.max(0, ...workload.containers().map(({ spec }) => quantity(spec.resources?.limits?.memory ?? 0)));
}

const POOL_VARIABLE = /^(DB|DATABASE|PG|POSTGRES)(_[A-Z]+)*_(POOL_(SIZE|MAX)|MAX_CONNECTIONS|CONNECTION_LIMIT)$/;

/** Connections that a workload opens at most at its largest, if it pools by itself and is told how many. */
function ownPools(workload: Workload, graph: Graph): number {
  return (
    replicasOf(workload, graph).max *
    variablesOf(workload, graph, POOL_VARIABLE).reduce((sum, size) => sum + (Number(size) || 0), 0)
  );
}

/** Connections that a workload's PgBouncers open at most. */
function pooled(workload: Workload, graph: Graph): number {
  return (
    replicasOf(workload, graph).max *
    pgbouncersOf(workload, graph).reduce(
      (sum, config) => sum + Number(config.max_db_connections ?? config.default_pool_size ?? 20),
      0,
    )
  );
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

/** Variables that hold a user's name. */
const USER_VARIABLE = /user(name)?$/i;

/** Users that a workload has the passwords of: those that its Secrets are marked with. */
function usersOf(workload: Workload, graph: Graph): string[] {
  return secretNames(workload).flatMap(
    (name) => graph.find("Secret", workload.namespace, name)?.metadata.annotations?.[USER_ANNOTATION] ?? [],
  );
}

/**
 * Whether a workload names a log-in of another generation than the one whose password it has: `app` instead of `app_2`.
 */
function namesAnother(workload: Workload, graph: Graph): boolean {
  const users = usersOf(workload, graph);
  const inUrls = spokenTexts(workload, graph).flatMap((text) =>
    [...text.matchAll(/:\/\/(\w+)[:@]|\buser=(\w+)/g)].map(([, url, word]) => url ?? word!),
  );
  const base = (user: string): string => user.replace(/_\d+$/, "");
  return [...variablesOf(workload, graph, USER_VARIABLE), ...inUrls].some(
    (named) => !users.includes(named) && users.some((user) => base(user) === base(named)),
  );
}

/** PostgreSQL under Patroni, with or without PgBouncer. */
export const postgresRules: Rule[] = [
  {
    id: "postgres-quorum-agrees",
    title: "Members, synchronous replication and disruption budget agree",
    why:
      "Asynchronous members lose acknowledged writes with their primary; a strict quorum larger than what a drain " +
      "leaves stops all writes at every upgrade.",
    fix:
      "With several members set `synchronous_mode` to quorum or on, and keep members − pods that the budget lets " +
      "go ≥ 1 + `synchronous_node_count`.",
    prevents: ["https://patroni.readthedocs.io/en/latest/replication_modes.html"],
    scope: "graph",
    checks: eachCluster(function* ({ workload, config }, graph): Iterable<string> {
      const members = replicasOf(workload, graph).min;
      const synchronous =
        config.synchronous_mode !== undefined && ![false, "off", "false"].includes(config.synchronous_mode);
      if (members > 1 && !synchronous)
        yield "several members, but synchronous_mode is off: a failover loses acknowledged writes";
      const needed = 1 + (synchronous ? (config.synchronous_node_count ?? 1) : 0);
      const leaving = Math.max(0, ...budgetsOf(workload, graph).map((budget) => evictable(budget, members)));
      if (config.synchronous_mode_strict && members - leaving < needed)
        yield `strict synchronous_mode lacks ${needed - members + leaving} members once its budget's evictions ` +
          "happened: writes stop";
    }),
  },
  {
    id: "patroni-timing",
    title: "Patroni's retries end before its lock does",
    why:
      "With loop_wait + 2 × retry_timeout above ttl a primary may still be retrying when another member already " +
      "holds the lock.",
    fix: "Keep `loop_wait + 2 × retry_timeout ≤ ttl`, and `ttl` at 20 or more.",
    prevents: ["https://patroni.readthedocs.io/en/latest/dynamic_configuration.html"],
    scope: "graph",
    checks: eachCluster(function* ({
      config: { ttl = 30, loop_wait: loopWait = 10, retry_timeout: retryTimeout = 10 },
    }): Iterable<string> {
      const over = loopWait + 2 * retryTimeout - ttl;
      if (over > 0) yield `loop_wait + 2 × retry_timeout exceeds ttl by ${over} s`;
      if (ttl < 20) yield "ttl is below Patroni's floor of 20 s";
    }),
  },
  {
    id: "patroni-endpoints-owned",
    title: "Each Endpoints object that Patroni keeps has a Service without selector",
    why:
      "A controller manager that starts deletes Endpoints without a Service: a restart of the control plane takes " +
      "lock and quorum state away.",
    fix:
      "Declare Services without `selector` named like the scope, and with the suffixes -config, -sync and " +
      "-failover.",
    prevents: ["https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/controller/endpoint/endpoints_controller.go"],
    scope: "graph",
    checks: eachCluster(function* ({ workload, config }, graph): Iterable<string> {
      if (!config.kubernetes?.use_endpoints || !config.scope) return;
      for (const suffix of ["", "-config", "-sync", "-failover"]) {
        const service = graph.find("Service", workload.namespace, `${config.scope}${suffix}`);
        if (!service) yield `no Service holds the Endpoints${suffix ? ` with the suffix ${suffix}` : " of the leader"}`;
        else if (service.spec<ServiceSpec>().selector)
          yield `${service.resource.name} has a selector: Kubernetes and Patroni would overwrite each other's ` +
            "addresses";
      }
    }),
  },
  {
    id: "postgres-wal-bounded",
    title: "A replica that is away cannot fill the primary's volume",
    why:
      "A slot keeps WAL back without limit by default; a full volume stops every write, and the failover lands on " +
      "the next full volume.",
    fix: "Set `max_slot_wal_keep_size` to well under the volume's size.",
    prevents: ["https://github.com/zalando/postgres-operator/issues/1664"],
    scope: "graph",
    checks: eachCluster(({ workload, config }): Answer => {
      const kept = parameter(config, "max_slot_wal_keep_size");
      if (kept === undefined || kept.startsWith("-"))
        return "max_slot_wal_keep_size does not limit what a slot keeps back";
      const volume = volumeBytes(workload);
      return volume > 0 && memoryBytes(kept) > volume / 2
        ? "max_slot_wal_keep_size lets one slot fill more than half of the volume"
        : undefined;
    }),
  },
  {
    id: "postgres-memory-fits",
    title: "Shared buffers leave room under the container's memory limit, for one sort at least",
    why: "Every connection adds memory of its own; at the limit the kernel kills the postmaster, which is a failover.",
    fix:
      "Keep `shared_buffers` at about a quarter of the memory limit, and `work_mem` far below the rest, or raise " +
      "the limit.",
    prevents: ["https://www.postgresql.org/docs/17/runtime-config-resource.html"],
    scope: "graph",
    settings: {
      largestShare: {
        type: "number",
        description: "Largest share of the memory limit that shared_buffers may take.",
        default: 0.5,
      },
    },
    checks: eachCluster(({ workload, config }, _graph, settings): Answer => {
      const buffers = memoryBytes(parameter(config, "shared_buffers") ?? "128MB");
      const limit = memoryLimit(workload);
      if (limit === 0) return undefined;
      if (buffers > limit * numberSetting(settings, "largestShare"))
        return "shared_buffers takes too much of the memory limit";
      return buffers + memoryBytes(parameter(config, "work_mem") ?? "4MB") > limit
        ? "one sort of work_mem beside shared_buffers exceeds the memory limit"
        : undefined;
    }),
  },
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
  {
    id: "database-user-from-its-secret",
    title: "A program logs in by the user whose password it has",
    why:
      "Each generation of passwords has a user of its own; a name that was written down is refused once the " +
      "generation is raised.",
    fix: "Take the name from where the Secret comes from: `appUser`, `write.url`, or the Secret's key `username`.",
    prevents: ["https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets_strategies.html"],
    scope: "graph",
    checks: eachWorkload(
      (workload, graph): Answer =>
        namesAnother(workload, graph)
          ? "names a database user of another password generation than the one in its Secret"
          : undefined,
    ),
  },
];

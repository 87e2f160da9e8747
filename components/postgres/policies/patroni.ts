import { quantity, type Quantity } from "../../../graph/quantity";
import type { Answer } from "../../../policy/engine/checks";
import { numberSetting, type Rule } from "../../../policy/engine/rule";
import { memoryBytes } from "../../../policy/graph/programs";
import { budgetsOf, evictable, replicasOf } from "../../../policy/graph/replicas";
import type { ServiceSpec } from "../../../policy/graph/types";
import type { Workload } from "../../../policy/graph/workload";
import { eachCluster, parameter } from "./clusters";

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

/** How Patroni keeps the members, and what PostgreSQL is given. */
export const patroniRules: Rule[] = [
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
    fix: "Declare Services without `selector` named like the scope, and with the suffixes -config, -sync and -failover.",
    prevents: ["https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/controller/endpoint/endpoints_controller.go"],
    scope: "graph",
    checks: eachCluster(function* ({ workload, config }, graph): Iterable<string> {
      if (!config.kubernetes?.use_endpoints || !config.scope) return;
      for (const suffix of ["", "-config", "-sync", "-failover"]) {
        const service = graph.find("Service", workload.namespace, `${config.scope}${suffix}`);
        if (!service) yield `no Service holds the Endpoints${suffix ? ` with the suffix ${suffix}` : " of the leader"}`;
        else if (service.spec<ServiceSpec>().selector)
          yield `${service.resource.name} has a selector: Kubernetes and Patroni would overwrite each other's addresses`;
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
];

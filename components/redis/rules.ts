import { quantity } from "../../graph/quantity";
import { eachReplicated } from "../../policy/engine/checks";
import { numberSetting, type Rule, type Settings } from "../../policy/engine/rule";
import type { Graph } from "../../policy/graph/graph";
import { memoryBytes, pairs, recognised } from "../../policy/graph/programs";
import { replicasOf } from "../../policy/graph/replicas";
import type { Workload } from "../../policy/graph/workload";

/** Directives of a workload's Redis or Valkey servers; a directive given twice keeps its last value. */
const redisServersOf = recognised(({ key, text }): Record<string, string> | undefined => {
  const server =
    key.endsWith(".conf") && /^(appendonly|maxmemory|maxmemory-policy|save) /m.test(text) && !/^sentinel /m.test(text);
  return server ? pairs(text, /^\s*([a-z][a-z-]+)\s+(\S.*?)\s*$/gm) : undefined;
});

/** Texts of a workload's Sentinel configurations. */
const sentinelsOf = recognised(({ key, text }): string | undefined =>
  key.endsWith(".conf") && /^sentinel [a-z-]+ /m.test(text) ? text : undefined,
);

/** Checks every workload that runs a program, for each of its configurations. */
function eachProgram<T>(
  find: (workload: Workload, graph: Graph) => T[],
  test: (workload: Workload, config: T, graph: Graph, settings: Settings) => string | undefined,
): Rule["checks"] {
  return eachReplicated((workload, graph, settings) =>
    find(workload, graph).flatMap((config) => test(workload, config, graph, settings) ?? []),
  );
}

/** The quorum that Sentinels are told: in their configuration, or in a variable that a start script puts into it. */
function quorum(text: string, workload: Workload): number | undefined {
  const written = /^sentinel monitor \S+ \S+ \S+ (\d+)/m.exec(text)?.[1];
  const variable = workload
    .containers()
    .flatMap(({ spec }) => spec.env ?? [])
    .find(({ name }) => /(^|_)QUORUM$/.test(name ?? ""))?.value;
  const value = written ?? variable;
  return value === undefined ? undefined : Number(value);
}

/** Redis or Valkey with Sentinel; for commands, never for the constructor. */
export const redisRules: Rule[] = [
  {
    id: "redis-memory-fits",
    title: "maxmemory leaves room under the container's memory limit",
    why:
      "Client buffers, the backlog and the copy that a rewrite makes come on top; at the limit the kernel kills " +
      "the server, which is a failover.",
    fix: "Set `maxmemory` to well under the memory limit.",
    prevents: ["https://redis.io/docs/latest/develop/reference/eviction/"],
    scope: "graph",
    settings: {
      largestShare: {
        type: "number",
        description: "Largest share of the memory limit that maxmemory may take.",
        default: 0.8,
      },
    },
    checks: eachProgram(redisServersOf, (workload, config, _graph, settings) => {
      const limit = Math.max(
        0,
        ...workload.containers().map(({ spec }) => quantity(spec.resources?.limits?.memory ?? 0)),
      );
      if (config.maxmemory === undefined || memoryBytes(config.maxmemory) === 0)
        return "maxmemory is not set: data grows until the kernel kills the server";
      return limit > 0 && memoryBytes(config.maxmemory) > limit * numberSetting(settings, "largestShare")
        ? "maxmemory takes too much of the memory limit"
        : undefined;
    }),
  },
  {
    id: "redis-writes-replicated",
    title: "A primary that is cut off stops accepting writes",
    why: "With no replica in reach the old primary goes on acknowledging what the failover then throws away.",
    fix: "Set `min-replicas-to-write 1` and a short `min-replicas-max-lag`.",
    prevents: ["https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/"],
    scope: "graph",
    checks: eachProgram(redisServersOf, (workload, config, graph) => {
      const least = Number(config["min-replicas-to-write"] ?? config["min-slaves-to-write"] ?? 0);
      const { min } = replicasOf(workload, graph);
      if (min > 1 && least < 1) return "min-replicas-to-write is not set";
      return min > 1 && least >= min
        ? "min-replicas-to-write asks for more replicas than there are: no write is ever accepted"
        : undefined;
    }),
  },
  {
    id: "sentinel-majority",
    title: "Sentinels are enough to agree with one of them lost",
    why:
      "A quorum that fewer than a majority can reach lets both sides of a partition call a failover; one that " +
      "needs all of them never calls any.",
    fix: "Run 3 (or 5) Sentinels with a quorum of 2 (or 3).",
    prevents: ["https://github.com/helm/charts/issues/10635"],
    scope: "graph",
    checks: eachProgram(sentinelsOf, (workload, config, graph) => {
      const { min } = replicasOf(workload, graph);
      const needed = quorum(config, workload);
      if (min < 3) return "fewer than 3 Sentinels cannot agree once one is lost";
      if (needed === undefined) return undefined;
      if (needed <= min / 2) return "the quorum is less than a majority";
      return needed > min - 1 ? "the quorum needs every Sentinel: the loss of one stops failovers" : undefined;
    }),
  },
];

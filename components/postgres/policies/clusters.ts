import { type Answer, eachReplicated } from "../../../policy/engine/checks";
import type { Rule, Settings } from "../../../policy/engine/rule";
import type { Graph } from "../../../policy/graph/graph";
import { isRecord, pairs, recognised, structured } from "../../../policy/graph/programs";
import type { Workload } from "../../../policy/graph/workload";
import type { DatabaseSettings } from "../databases";
import { DATABASES_FILE } from "../names";

/** What rules read of Patroni's configuration: the part that the members share, wherever it stands. */
interface PatroniConfig {
  scope?: string;
  kubernetes?: { use_endpoints?: boolean };
  ttl?: number;
  loop_wait?: number;
  retry_timeout?: number;
  synchronous_mode?: boolean | string;
  synchronous_mode_strict?: boolean;
  synchronous_node_count?: number;
  postgresql?: { parameters?: Record<string, string | number | boolean> };
}

const patroniFiles = recognised((file): PatroniConfig | undefined => {
  const content = structured(file, ["loop_wait", "scope"]);
  if (!content) return undefined;
  const shared = isRecord(content.bootstrap) && isRecord(content.bootstrap.dcs) ? content.bootstrap.dcs : {};
  const known = ("scope" in content && "postgresql" in content) || "loop_wait" in content || "loop_wait" in shared;
  return known ? { ...content, ...shared } : undefined;
});

/**
 * Patroni's configuration of a workload: its files taken together, the part that all members share over the member's
 * own.
 */
function patroniOf(workload: Workload, graph: Graph): PatroniConfig | undefined {
  const files = workload.replicated ? patroniFiles(workload, graph) : [];
  if (files.length === 0) return undefined;
  const parameters = Object.assign({}, ...files.map((file) => file.postgresql?.parameters)) as Record<string, string>;
  const config = Object.assign({}, ...files, { postgresql: { parameters } }) as PatroniConfig;
  // Others may read the same files, for backups say: where a workload has the scope's name, that one is the cluster.
  const named = graph.workloads.some(({ replicated, object }) => replicated && object.name === config.scope);
  return named && workload.object.name !== config.scope ? undefined : config;
}

/** Settings of a workload's PgBouncers, from the `[pgbouncer]` sections of their ini files. */
export const pgbouncersOf = recognised(({ key, text }): Record<string, string> | undefined => {
  const section = key.endsWith(".ini") ? /^\[pgbouncer\]$([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(text)?.[1] : undefined;
  return section === undefined ? undefined : pairs(section, /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/gm);
});

/** Connections of one of a workload's PgBouncers to databases beside the first, from the component's list of them. */
export const furtherPoolsOf = recognised(({ key, text }): number | undefined => {
  if (key !== DATABASES_FILE) return undefined;
  const list = parsedList(text);
  return list.length > 0 ? list.reduce((sum, { connections = 0 }) => sum + connections, 0) : undefined;
});

/** The component's list of databases; empty for a file of somebody else's that has its name. */
function parsedList(text: string): Partial<DatabaseSettings>[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter(isRecord) : [];
  } catch {
    return [];
  }
}

/** A database and how Patroni keeps it. */
export interface Cluster {
  workload: Workload;
  config: PatroniConfig;
}

/** Checks every database that Patroni manages. */
export function eachCluster(test: (cluster: Cluster, graph: Graph, settings: Settings) => Answer): Rule["checks"] {
  return eachReplicated((workload, graph, settings) => {
    const config = patroniOf(workload, graph);
    return config ? test({ workload, config }, graph, settings) : undefined;
  });
}

/** A setting of PostgreSQL's own, as text. */
export function parameter(config: PatroniConfig, name: string): string | undefined {
  const value = config.postgresql?.parameters?.[name];
  return value === undefined ? undefined : String(value);
}

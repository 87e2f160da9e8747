import { parse } from "yaml";
import type { Graph } from "./graph";
import { perGraph, remembered } from "./memo";
import type { KubeObject } from "./object";
import { type ConfigEntry, configEntries, configFilesOf } from "./references";
import type { Workload } from "./workload";

/** What rules read of Patroni's configuration: the part that the members share, wherever it stands. */
export interface PatroniConfig {
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

/** What rules read of Prometheus' configuration. */
export interface PrometheusConfig {
  global?: { scrape_interval?: string };
  scrape_configs?: { job_name?: string; scrape_interval?: string; relabel_configs?: { regex?: string }[] }[];
}

/** A Prometheus rule as it stands in a rule file. */
export interface PrometheusRule {
  alert?: string;
  record?: string;
  expr?: string;
  annotations?: Record<string, string>;
}

/**
 * The content of a YAML or JSON file that has one of some keys; undefined for any other file. What cannot have them is
 * not parsed: a dashboard takes longer to read than all rules together.
 */
function structured(file: ConfigEntry, keys: string[]): Record<string, unknown> | undefined {
  const json = file.key.endsWith(".json");
  if (!json && !/\.ya?ml$/.test(file.key)) return undefined;
  const { text } = file;
  if (!keys.some((key) => text.includes(json ? `"${key}"` : key))) return undefined;
  try {
    const content: unknown = json ? JSON.parse(text) : parse(text, { logLevel: "silent" });
    return typeof content === "object" && content !== null && !Array.isArray(content)
      ? (content as Record<string, unknown>)
      : undefined;
  } catch {
    // A template, or broken: whoever reads it will say so; it is no file a rule understands.
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a function recognises among the files of a workload. */
function recognised<T>(read: (file: ConfigEntry) => T | undefined): (workload: Workload, graph: Graph) => T[] {
  return remembered((workload: Workload, graph: Graph) =>
    configFilesOf(workload, graph).flatMap((file) => read(file) ?? []),
  );
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
export function patroniOf(workload: Workload, graph: Graph): PatroniConfig | undefined {
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

/** Directives of a workload's Redis or Valkey servers; a directive given twice keeps its last value. */
export const redisServersOf = recognised(({ key, text }): Record<string, string> | undefined => {
  const server =
    key.endsWith(".conf") && /^(appendonly|maxmemory|maxmemory-policy|save) /m.test(text) && !/^sentinel /m.test(text);
  return server ? pairs(text, /^\s*([a-z][a-z-]+)\s+(\S.*?)\s*$/gm) : undefined;
});

/** Texts of a workload's Sentinel configurations. */
export const sentinelsOf = recognised(({ key, text }): string | undefined =>
  key.endsWith(".conf") && /^sentinel [a-z-]+ /m.test(text) ? text : undefined,
);

/** Texts of a workload's HAProxy configurations. */
export const haproxiesOf = recognised(({ key, text }): string | undefined =>
  key.endsWith(".cfg") && /^defaults\b/m.test(text) && /^(frontend|listen) /m.test(text) ? text : undefined,
);

/** Prometheus' own configurations of a workload. */
export const prometheusConfigsOf = recognised((file): PrometheusConfig | undefined => {
  const content = structured(file, ["scrape_configs"]);
  return Array.isArray(content?.scrape_configs) ? content : undefined;
});

/** A rule, and the file of a ConfigMap it stands in. */
export interface FoundRule {
  configMap: KubeObject;
  key: string;
  rule: PrometheusRule;
}

/** Every rule of every Prometheus rule file. */
export const prometheusRules = perGraph((graph: Graph): FoundRule[] =>
  configEntries(graph.ofKind("ConfigMap")).flatMap((file) => {
    const content = structured(file, ["groups"]);
    if (!Array.isArray(content?.groups)) return [];
    const groups = content.groups as { rules?: PrometheusRule[] }[];
    return groups.flatMap(({ rules = [] }) =>
      rules.map((rule) => ({ configMap: file.configMap, key: file.key, rule })),
    );
  }),
);

function pairs(text: string, line: RegExp): Record<string, string> {
  return Object.fromEntries([...text.matchAll(line)].map(([, key, value]) => [key!, value!]));
}

const DURATIONS: Record<string, number> = { ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A duration such as `500ms`, `1m` or `1h30m` in seconds; a bare number is in the given unit. */
export function durationSeconds(text: string, bareUnit: "s" | "ms" = "s"): number {
  if (/^\d+$/.test(text)) return Number(text) * DURATIONS[bareUnit]!;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)].reduce(
    (sum, [, value, unit]) => sum + Number(value) * DURATIONS[unit!]!,
    0,
  );
}

/**
 * An amount of memory as PostgreSQL and Redis write it (`128MB`, `96mb`, `1gb`), in bytes; a bare number is in bytes.
 */
export function memoryBytes(text: string): number {
  const [, value, unit] = /^(\d+)\s*([kmgt]?)b?$/i.exec(text) ?? [];
  return Number(value) * 1024 ** " kmgt".indexOf(unit?.toLowerCase() || " ");
}

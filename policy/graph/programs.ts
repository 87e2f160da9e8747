import { parse } from "yaml";
import type { Graph } from "./graph";
import { remembered } from "./memo";
import { type ConfigEntry, configFilesOf } from "./references";
import type { Workload } from "./workload";

/**
 * The content of a YAML or JSON file that has one of some keys; undefined for any other file. What cannot have them is
 * not parsed: a dashboard takes longer to read than all rules together.
 */
export function structured(file: ConfigEntry, keys: string[]): Record<string, unknown> | undefined {
  const json = file.key.endsWith(".json");
  if (!json && !/\.ya?ml$/.test(file.key)) return undefined;
  const { text } = file;
  if (!keys.some((key) => text.includes(json ? `"${key}"` : key))) return undefined;
  try {
    const content: unknown = json ? JSON.parse(text) : parse(text, { logLevel: "silent" });
    return isRecord(content) ? content : undefined;
  } catch {
    // A template, or broken: whoever reads it will say so; it is no file a rule understands.
    return undefined;
  }
}

/** Whether it is an object with keys. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a function recognises among the files of a workload. */
export function recognised<T>(read: (file: ConfigEntry) => T | undefined): (workload: Workload, graph: Graph) => T[] {
  return remembered((workload: Workload, graph: Graph) =>
    configFilesOf(workload, graph).flatMap((file) => read(file) ?? []),
  );
}

/** Keys and values of a text, by an expression whose two groups they are. */
export function pairs(text: string, line: RegExp): Record<string, string> {
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

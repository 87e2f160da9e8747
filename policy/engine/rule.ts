import type { Graph } from "../graph/graph";
import type { Resource } from "../graph/resource";

/** Environments a stack can be for; a stack of unknown purpose is treated as `prod`. */
export const ENVIRONMENTS = ["dev", "staging", "prod"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** What a violation does: stop the update, or only be said. */
export type Level = "mandatory" | "advisory";

/**
 * What the rule is decided on. `object`: one object's inputs, before it is made, in a preview and again in an update.
 * `graph`: the whole declared graph at the end of a preview.
 */
export type Scope = "object" | "graph";

/** A threshold or list that a user may set, described by the JSON schema CrossGuard shows. */
export interface Setting {
  type: "integer" | "number" | "array";
  /** Type of an array's items. @default undefined, for anything that is no array */
  items?: { type: "string" | "integer" };
  description: string;
  default: number | (string | number)[];
}

/** A rule's settings as it runs: defaults, overridden by the user's. */
export type Settings = Record<string, number | (string | number)[]>;

/**
 * One thing to find out about one resource. Its messages say what is wrong and where, as a property path,
 * and never what a property holds: rules see secrets in clear.
 */
export interface Check {
  resource: Resource;
  messages(): Iterable<string>;
}

/** A rule: what it asks for, why, and how it finds out. */
export interface Rule {
  /** Kebab-case, stable: people write it into their configuration. */
  id: string;
  /** What holds when the rule is kept, in one short sentence. */
  title: string;
  /** What goes wrong without it. */
  why: string;
  /** What to type to keep it. */
  fix: string;
  /** Public reports or documents of what it prevents. @default [], if the standards it comes from say enough */
  prevents?: string[];
  /** Environments in which breaking it is only said. @default [], mandatory everywhere */
  advisoryIn?: readonly Environment[];
  scope: Scope;
  /** Thresholds and lists that can be set. @default {} */
  settings?: Record<string, Setting>;
  /** Everything the rule has to look at in a graph; each check is decided on its own. */
  checks(graph: Graph, settings: Settings): Iterable<Check>;
}

/** What a violation of a rule does in an environment. */
export function levelOf(rule: Rule, environment: Environment): Level {
  return rule.advisoryIn?.includes(environment) ? "advisory" : "mandatory";
}

/** A numeric setting; the rule must have declared it. */
export const numberSetting = (settings: Settings, key: string): number => settings[key] as number;

/** A list setting; the rule must have declared it. */
export const listSetting = <T extends string | number>(settings: Settings, key: string): T[] => settings[key] as T[];

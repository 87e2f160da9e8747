import type { RuleConfig } from "../../../policy/engine/evaluate";
import type { Resource } from "../../../policy/graph/resource";

/** Graphs that break a rule and graphs that keep it; a graph of one object is that object. */
export interface Example {
  /** Each breaks the rule. */
  bad: (Resource | Resource[])[];
  /** Each keeps it. */
  good: (Resource | Resource[])[];
  /** Configuration of the rule, where its default judges nothing. @default {} */
  config?: RuleConfig;
}

/** Examples by rule id. */
export type Examples = Record<string, Example>;

import { Graph } from "../graph/graph";
import { Undecided, type Resource } from "../graph/resource";
import { type Exemption, exemptionFor } from "./exemption";
import { type Check, type Environment, type Level, levelOf, type Rule, type Settings } from "./rule";

/** How a check ended, when it did not simply pass. A fault is the rule's own, not the resource's. */
export type Outcome = "violation" | "undecided" | "exempted" | "fault";

/** Something a rule has to say about a resource. */
export interface Finding {
  rule: Rule;
  level: Level;
  resource: Resource;
  outcome: Outcome;
  /** What is wrong, or which value is not known yet; never a property's value. */
  message: string;
}

/** What a user may say about one rule: CrossGuard's configuration, by rule id. */
export interface RuleConfig {
  enforcementLevel?: Level | "disabled";
  exemptions?: Exemption[];
  [setting: string]: unknown;
}

/** How to run the rules. */
export interface EvaluationOptions {
  environment: Environment;
  /** By rule id. @default {} */
  config?: Record<string, RuleConfig>;
  /** The day on which exemptions are judged. @default today */
  today?: Date;
}

/** A rule's defaults with the user's settings over them. */
function settingsOf(rule: Rule, config: RuleConfig = {}): Settings {
  return Object.fromEntries(
    Object.entries(rule.settings ?? {}).map(([key, setting]) => [
      key,
      (config[key] as Settings[string] | undefined) ?? setting.default,
    ]),
  );
}

/** Runs one rule over a graph. */
export function evaluateRule(rule: Rule, graph: Graph, options: EvaluationOptions): Finding[] {
  const config = options.config?.[rule.id] ?? {};
  if (config.enforcementLevel === "disabled") return [];
  const level = config.enforcementLevel ?? levelOf(rule, options.environment);
  const today = options.today ?? new Date();
  const findings: Finding[] = [];
  for (const { resource, messages } of listed(rule, graph, settingsOf(rule, config))) {
    try {
      for (const message of messages()) {
        const exemption = exemptionFor(resource, config.exemptions ?? [], today);
        findings.push({
          rule,
          level,
          resource,
          outcome: exemption?.valid ? "exempted" : "violation",
          message: exemption ? `${message} (${exemption.note})` : message,
        });
      }
    } catch (error) {
      findings.push({ rule, level, resource, ...unjudged(error, resource) });
    }
  }
  return findings;
}

/** The resource that a fault belongs to which kept a rule from looking at any. */
const EVERYTHING: Resource = { type: "", name: "everything", props: {} };

/** What a rule has to look at. One that fails before it can say so has one check, which fails. */
function listed(rule: Rule, graph: Graph, settings: Settings): Iterable<Check> {
  try {
    return [...rule.checks(graph, settings)];
  } catch (error) {
    return [
      {
        resource: EVERYTHING,
        messages() {
          throw error;
        },
      },
    ];
  }
}

/** Why a check ended without an answer. Of a fault only kind and place are told: its words may hold a property's value. */
function unjudged(error: unknown, resource: Resource): Pick<Finding, "outcome" | "message"> {
  if (error instanceof Undecided) {
    const where = error.resource === resource ? error.path : `${error.path} of ${error.resource.name}`;
    return { outcome: "undecided", message: `depends on ${where}, which is known only after an update` };
  }
  const { name, stack } = error instanceof Error ? error : new Error();
  const [, place = "an unknown place"] = /^\s+at (?:new |async )?([\w$.]+) /m.exec(stack ?? "") ?? [];
  return { outcome: "fault", message: `was not judged: the rule itself failed (${name} in ${place})` };
}

/** Runs rules over everything that a program or a set of manifests declares. */
export function evaluate(rules: readonly Rule[], resources: Resource[], options: EvaluationOptions): Finding[] {
  const graph = new Graph(resources);
  return rules.flatMap((rule) => evaluateRule(rule, graph, options));
}

import type { ReportViolation, ResourceValidationPolicy, StackValidationArgs, StackValidationPolicy } from "@pulumi/policy";
import { evaluateRule, type Finding, type RuleConfig } from "../engine/evaluate";
import { levelOf, type Rule } from "../engine/rule";
import { Graph } from "../graph/graph";
import type { Resource } from "../graph/resource";
import type { StackFacts } from "./environment";
import { inputsOf, stackResource } from "./known";
import { configSchema } from "./schema";

/** Name of the policy that says what could not be decided. */
export const UNDECIDED_POLICY = "undecided";

/**
 * What the pack remembers of one run of the engine. Stack policies are shown outputs, to which a cluster adds its defaults
 * (a count where an autoscaler owns it), so each resource's inputs are kept as they pass by.
 */
interface Run {
  inputs: Map<string, Resource>;
  graph?: { of: StackValidationArgs["resources"]; graph: Graph };
}

/** Configuration by rule id: what the user said, over the settings that the stack's own configuration decides. */
function configured(rule: Rule, user: object, facts: StackFacts): Record<string, RuleConfig> {
  const shared = Object.keys(facts.settings).filter((key) => key in (rule.settings ?? {}));
  return { [rule.id]: { ...Object.fromEntries(shared.map((key) => [key, facts.settings[key]])), ...user } };
}

function say(finding: Finding, report: ReportViolation): void {
  if (finding.outcome === "violation") report(`${finding.message}. Fix: ${finding.rule.fix}`, finding.resource.urn);
}

function described(rule: Rule, facts: StackFacts) {
  return { name: rule.id, description: `${rule.title}.`, enforcementLevel: levelOf(rule, facts.environment), configSchema: configSchema(rule) };
}

function objectPolicy(rule: Rule, facts: StackFacts, run: Run): ResourceValidationPolicy {
  return {
    ...described(rule, facts),
    validateResource: (args, report) => {
      if (!args.type.startsWith("kubernetes:")) return;
      const resource = run.inputs.get(args.urn) ?? inputsOf(args);
      const options = { environment: facts.environment, config: configured(rule, args.getConfig(), facts) };
      for (const finding of evaluateRule(rule, new Graph([resource]), options)) say(finding, report);
    },
  };
}

/** The whole stack; built once for all rules that the engine asks in a row. */
function wholeGraph({ resources }: StackValidationArgs, run: Run): Graph {
  const same = run.graph?.of.length === resources.length && run.graph.of.every((known, index) => known.urn === resources[index]!.urn);
  if (!run.graph || !same) run.graph = { of: resources, graph: new Graph(resources.map((resource) => stackResource(resource, run.inputs.get(resource.urn)))) };
  return run.graph.graph;
}

function graphPolicy(rule: Rule, facts: StackFacts, run: Run): StackValidationPolicy {
  return {
    ...described(rule, facts),
    validateStack: (args, report) => {
      const options = { environment: facts.environment, config: configured(rule, args.getConfig(), facts) };
      for (const finding of evaluateRule(rule, wholeGraph(args, run), options)) say(finding, report);
    },
  };
}

/** The first policy asked about every resource: it only takes down the inputs. */
function recorder(run: Run): ResourceValidationPolicy {
  return {
    name: "declared-inputs",
    description: "Takes down what each resource declares, for the rules over the whole graph; it never fails.",
    enforcementLevel: "advisory",
    validateResource: (args) => {
      run.inputs.set(args.urn, inputsOf(args));
      run.graph = undefined;
    },
  };
}

/**
 * The last policy asked: which rules a value that is not known yet kept from deciding. Rules about one object are asked once
 * more, now with what the value depends on (an image that this program builds is pinned, whatever its digest will be).
 */
function undecided(rules: Rule[], facts: StackFacts, run: Run): StackValidationPolicy {
  return {
    name: UNDECIDED_POLICY,
    description: "Every rule could be decided.",
    enforcementLevel: "advisory",
    validateStack: (args, report) => {
      const graph = wholeGraph(args, run);
      const findings = rules.flatMap((rule) => evaluateRule(rule, graph, { environment: facts.environment, config: configured(rule, {}, facts) }))
        .filter(({ outcome }) => outcome === "undecided");
      for (const { rule, level, resource, message } of findings) {
        const when = rule.scope === "object" ? "in the update, before this resource is made" : "at the end of the update";
        report(`${rule.id} (${level}) could not be decided: it ${message}. It is decided ${when}`, resource.urn);
      }
      if (findings.length > 0) report(`${findings.length} checks could not be decided, ${findings.filter(({ level }) => level === "mandatory").length} of them mandatory`);
    },
  };
}

/** The rules as CrossGuard policies, at the levels of the stack's environment. */
export function policies(rules: Rule[], facts: StackFacts): (ResourceValidationPolicy | StackValidationPolicy)[] {
  const run: Run = { inputs: new Map() };
  return [
    recorder(run),
    ...rules.map((rule) => (rule.scope === "object" ? objectPolicy(rule, facts, run) : graphPolicy(rule, facts, run))),
    undecided(rules, facts, run),
  ];
}

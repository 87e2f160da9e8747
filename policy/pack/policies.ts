import type { PolicyConfigSchema, ReportViolation, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { Finding } from "../engine/evaluate";
import { levelOf, type Rule } from "../engine/rule";
import { Graph } from "../graph/graph";
import type { StackFacts } from "./environment";
import { inputsOf } from "./known";
import { Run } from "./run";
import { configSchema } from "./schema";

/** Name of the policy that says what could not be decided. */
const UNDECIDED_POLICY = "undecided";

/** The resource that stands for the stack: registered first, and only once. */
const STACK_TYPE = "pulumi:pulumi:Stack";

/** Makes CrossGuard ask a policy only where there is a resource of a type, which spares it unpacking everything for nothing. */
function onlyWith<T extends object>(hook: T, type: () => string | undefined): T {
  return Object.defineProperty(hook, "__pulumiType", { get: type });
}

function say(finding: Finding, report: ReportViolation): void {
  if (finding.outcome === "violation") report(`${finding.message}. Fix: ${finding.rule.fix}`, finding.resource.urn);
}

function described(rule: Rule, facts: StackFacts): { name: string; description: string; enforcementLevel: "mandatory" | "advisory"; configSchema: PolicyConfigSchema } {
  return { name: rule.id, description: `${rule.title}.`, enforcementLevel: levelOf(rule, facts.environment), configSchema: configSchema(rule) };
}

function objectPolicy(rule: Rule, facts: StackFacts, run: Run): ResourceValidationPolicy {
  return {
    ...described(rule, facts),
    validateResource: (args, report) => {
      if (!args.type.startsWith("kubernetes:")) return;
      const resource = run.inputs.get(args.urn) ?? inputsOf(args);
      for (const finding of run.evaluate(rule, new Graph([resource]), args.getConfig())) say(finding, report);
    },
  };
}

/**
 * A rule over the graph. It learns its configuration when the stack itself is registered; at the end it is asked only if the
 * judgement of all graph rules found something, or was not possible without its configuration.
 */
function graphPolicy(rule: Rule, facts: StackFacts, run: Run): ResourceValidationPolicy & StackValidationPolicy {
  return {
    ...described(rule, facts),
    validateResource: onlyWith<ResourceValidationPolicy["validateResource"] & object>((args) => {
      if (args.type === STACK_TYPE) run.configs.set(rule.id, args.getConfig());
    }, () => STACK_TYPE),
    validateStack: onlyWith<StackValidationPolicy["validateStack"]>((args, report) => {
      for (const finding of run.found(rule) ?? run.evaluate(rule, run.whole(args), args.getConfig())) say(finding, report);
    }, () => (run.found(rule)?.length === 0 ? "nothing found" : undefined)),
  };
}

/** The first policy that is asked: it takes down what each resource declares and, at the end, judges the whole; it never fails. */
function recorder(run: Run): ResourceValidationPolicy & StackValidationPolicy {
  return {
    name: "declared-inputs",
    description: "Takes down what each resource declares, for the rules over the whole graph; it never fails.",
    enforcementLevel: "advisory",
    validateResource: (args) => run.declare(inputsOf(args)),
    validateStack: (args) => run.judge(args),
  };
}

/**
 * The last policy that is asked: which rules a value that is not known yet kept from deciding. Rules about one object are asked
 * once more, now with what the value depends on (an image that this program builds is pinned, whatever its digest will be).
 */
function undecided(rules: Rule[], run: Run): StackValidationPolicy {
  return {
    name: UNDECIDED_POLICY,
    description: "Every rule could be decided.",
    enforcementLevel: "advisory",
    validateStack: (args, report) => {
      const graph = run.whole(args);
      const findings = rules.flatMap((rule) => run.found(rule) ?? run.evaluate(rule, graph, run.configs.get(rule.id) ?? {}))
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
  const run = new Run(rules, facts);
  return [
    recorder(run),
    ...rules.map((rule) => (rule.scope === "object" ? objectPolicy(rule, facts, run) : graphPolicy(rule, facts, run))),
    undecided(rules, run),
  ];
}

import type {
  PolicyConfigSchema,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { Finding } from "../engine/evaluate";
import { levelOf, type Rule } from "../engine/rule";
import { Graph } from "../graph/graph";
import type { StackFacts } from "./environment";
import { inputsOf } from "./known";
import { Run } from "./run";
import { configSchema } from "./schema";

type ResourceValidation = (args: ResourceValidationArgs, report: ReportViolation) => void;
type StackValidation = (args: StackValidationArgs, report: ReportViolation) => void;

/** Name of the policy that says what could not be decided. */
const UNDECIDED_POLICY = "undecided";

/**
 * A hook that CrossGuard sees only while there is something to ask: every question costs it a copy of the resource,
 * every refusal a message.
 */
function onlyWhile<K extends string, T>(key: K, hook: T, when: () => boolean): { readonly [key in K]: T } {
  return Object.defineProperty({}, key, { enumerable: true, get: () => (when() ? hook : undefined) }) as {
    readonly [key in K]: T;
  };
}

/** Several sets of properties as one object; unlike a spread it keeps getters. */
function joined<A, B extends object[]>(first: A, ...rest: B): A {
  for (const more of rest) Object.defineProperties(first, Object.getOwnPropertyDescriptors(more));
  return first;
}

function say(finding: Finding, report: ReportViolation): void {
  const { outcome, message, rule, resource } = finding;
  if (outcome === "violation") report(`${message}. Fix: ${rule.fix}`, resource.urn);
  if (outcome === "fault") report(`${message}. This is a fault of the policy pack: please report it`, resource.urn);
}

function described(
  rule: Rule,
  facts: StackFacts,
): { name: string; description: string; enforcementLevel: "mandatory" | "advisory"; configSchema: PolicyConfigSchema } {
  return {
    name: rule.id,
    description: `${rule.title}.`,
    enforcementLevel: levelOf(rule, facts.environment),
    configSchema: configSchema(rule),
  };
}

/**
 * A rule about one object: asked until its configuration is known, and after that while the recorder has found
 * something by it.
 */
function objectPolicy(rule: Rule, facts: StackFacts, run: Run): ResourceValidationPolicy {
  const hook: ResourceValidation = (args, report) => {
    run.configs.set(rule.id, args.getConfig());
    if (!args.type.startsWith("kubernetes:")) return;
    for (const finding of run.take(rule, args.urn) ?? run.evaluate(rule, new Graph([inputsOf(args)]), args.getConfig()))
      say(finding, report);
  };
  return joined(
    described(rule, facts),
    onlyWhile("validateResource", hook, () => !run.configs.has(rule.id) || run.pending(rule)),
  ) as ResourceValidationPolicy;
}

/**
 * A rule over the graph. It learns its configuration from the first resource; at the end it is asked only if the
 * judgement of all graph rules found something, or was not possible without its configuration.
 */
function graphPolicy(rule: Rule, facts: StackFacts, run: Run): StackValidationPolicy {
  const learn: ResourceValidation = (args) => {
    run.configs.set(rule.id, args.getConfig());
  };
  const hook: StackValidation = (args, report) => {
    for (const finding of run.found(rule) ?? run.evaluate(rule, run.whole(args), args.getConfig()))
      say(finding, report);
  };
  return joined(
    described(rule, facts),
    onlyWhile("validateResource", learn, () => !run.configs.has(rule.id)),
    onlyWhile("validateStack", hook, () => run.found(rule)?.length !== 0),
  ) as unknown as StackValidationPolicy;
}

/**
 * The first policy that is asked: it takes down what each resource declares and, at the end, judges the whole; it never
 * fails.
 */
function recorder(run: Run): ResourceValidationPolicy & StackValidationPolicy {
  return {
    name: "declared-inputs",
    description: "Takes down what each resource declares, for the rules over the whole graph; it never fails.",
    enforcementLevel: "advisory",
    validateResource: (args) => {
      run.declare(inputsOf(args));
    },
    validateStack: (args) => run.judge(args),
  };
}

/**
 * The last policy that is asked: which rules a value that is not known yet kept from deciding. Rules about one object
 * are asked once more, now with what the value depends on (an image that this program builds is pinned, whatever its
 * digest will be).
 */
function undecided(rules: Rule[], run: Run): StackValidationPolicy {
  return {
    name: UNDECIDED_POLICY,
    description: "Every rule could be decided.",
    enforcementLevel: "advisory",
    validateStack: (args, report) => {
      const graph = run.whole(args);
      const findings = rules
        .flatMap((rule) => run.found(rule) ?? run.evaluate(rule, graph, run.configs.get(rule.id) ?? {}))
        .filter(({ outcome }) => outcome === "undecided");
      for (const { rule, level, resource, message } of findings) {
        const when =
          rule.scope === "object" ? "in the update, before this resource is made" : "at the end of the update";
        report(`${rule.id} (${level}) could not be decided: it ${message}. It is decided ${when}`, resource.urn);
      }
      if (findings.length > 0)
        report(
          `${findings.length} checks could not be decided, ` +
            `${findings.filter(({ level }) => level === "mandatory").length} of them mandatory`,
        );
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

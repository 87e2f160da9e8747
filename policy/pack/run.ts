import type { StackValidationArgs } from "@pulumi/policy";
import { evaluateRule, type Finding, type RuleConfig } from "../engine/evaluate";
import type { Rule } from "../engine/rule";
import { Graph } from "../graph/graph";
import type { Resource } from "../graph/resource";
import type { StackFacts } from "./environment";
import { stackResource } from "./known";

/**
 * What the pack remembers of one run of the engine: what each resource declares (stack policies are shown outputs, to
 * which a cluster adds its defaults, a count where an autoscaler owns it), what the user configured, and what the graph
 * rules found.
 */
export class Run {
  /** Declared resources by URN. */
  readonly inputs = new Map<string, Resource>();
  /** Configuration of the rules, by rule id, as far as the engine has told it. */
  readonly configs = new Map<string, RuleConfig>();
  /**
   * What the rules about one object found, by rule id and URN, until the rule's policy has said it; undefined where one
   * could not judge yet.
   */
  private readonly unsaid = new Map<string, Map<string, Finding[] | undefined>>();
  private graph?: Graph;
  private findings = new Map<string, Finding[]>();

  constructor(
    private readonly rules: Rule[],
    private readonly facts: StackFacts,
  ) {}

  /**
   * Takes down what a resource declares, and judges it by itself; what was found about the whole before is out of date
   * then.
   */
  declare(resource: Resource): void {
    this.inputs.set(resource.urn!, resource);
    this.graph = undefined;
    this.findings.clear();
    if (!resource.type.startsWith("kubernetes:")) return;
    const alone = new Graph([resource]);
    for (const rule of this.rules.filter(({ scope }) => scope === "object")) {
      const config = this.configs.get(rule.id);
      const findings = config && this.evaluate(rule, alone, config);
      const unsaid = this.unsaid.get(rule.id) ?? new Map<string, Finding[] | undefined>();
      this.unsaid.set(rule.id, unsaid);
      if (findings?.length !== 0) unsaid.set(resource.urn!, findings);
    }
  }

  /**
   * Whether a rule about one object has something left to say, about whichever resource: several may be under way at
   * once.
   */
  pending(rule: Rule): boolean {
    return this.inputs.size === 0 || (this.unsaid.get(rule.id)?.size ?? 0) > 0;
  }

  /** What a rule found about one resource, to be said now; undefined if it has yet to judge it. */
  take(rule: Rule, urn: string): Finding[] | undefined {
    if (!this.inputs.has(urn)) return undefined;
    const unsaid = this.unsaid.get(rule.id);
    const findings = unsaid?.has(urn) ? unsaid.get(urn) : [];
    unsaid?.delete(urn);
    return findings;
  }

  /** Runs one rule, with what the user configured over what the stack's own configuration decides. */
  evaluate(rule: Rule, graph: Graph, config: RuleConfig): Finding[] {
    const shared = Object.keys(this.facts.settings).filter((key) => key in (rule.settings ?? {}));
    const settings = Object.fromEntries(shared.map((key) => [key, this.facts.settings[key]]));
    return evaluateRule(rule, graph, {
      environment: this.facts.environment,
      config: { [rule.id]: { ...settings, ...config } },
    });
  }

  /** Judges the whole stack by every graph rule whose configuration is known. */
  judge(args: StackValidationArgs): void {
    const graph = this.whole(args);
    for (const rule of this.rules.filter(({ id, scope }) => scope === "graph" && this.configs.has(id))) {
      this.findings.set(rule.id, this.evaluate(rule, graph, this.configs.get(rule.id)!));
    }
  }

  /** What a graph rule found, if the stack was judged by it. */
  found(rule: Rule): Finding[] | undefined {
    return this.findings.get(rule.id);
  }

  /** The whole stack; built once for all policies that the engine asks in a row. */
  whole({ resources }: StackValidationArgs): Graph {
    this.graph ??= new Graph(resources.map((resource) => stackResource(resource, this.inputs.get(resource.urn))));
    return this.graph;
  }
}

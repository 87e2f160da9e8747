import { type Answer, check, eachWorkload } from "../engine/checks";
import type { Rule } from "../engine/rule";
import type { Graph } from "../graph/graph";
import { durationSeconds } from "../graph/programs";
import { type FoundRule, prometheusConfigsOf, prometheusRules } from "../graph/prometheus";
import { literally } from "../graph/text";

/** Checks every ConfigMap with Prometheus rules. */
function eachRuleFile(test: (rules: FoundRule[], graph: Graph) => Answer): Rule["checks"] {
  return (graph) =>
    graph.ofKind("ConfigMap").map((configMap) =>
      check(configMap.resource, () =>
        test(
          prometheusRules(graph).filter((found) => found.configMap === configMap),
          graph,
        ),
      ),
    );
}

/** The longest scrape interval of any job; Prometheus' own default is a minute. */
function scrapeSeconds(graph: Graph): number | undefined {
  const configs = graph.workloads.flatMap((workload) => prometheusConfigsOf(workload, graph));
  if (configs.length === 0) return undefined;
  return Math.max(
    ...configs.flatMap((config) => {
      const usual = config.scrapeInterval ?? "1m";
      return config.jobs.map(({ scrapeInterval = usual }) => durationSeconds(scrapeInterval));
    }),
  );
}

/** Matches a name as a word of its own; hyphens belong to names. */
const word = (name: string): RegExp => new RegExp(`(^|[^a-zA-Z0-9-])${literally(name)}($|[^a-zA-Z0-9-])`);

/** An alert on any scraped target that does not answer, whatever its job. */
const ANY_TARGET_DOWN = /(^|[^\w:])up\s*(\{(?![^}]*\bjob\b)[^}]*\})?\s*(==\s*0|<\s*1)/;

/** Whether a Prometheus scrapes a workload: one of its jobs has the workload's name, or keeps pods by it. */
function isScraped(name: string, graph: Graph): boolean {
  return graph.workloads
    .flatMap((workload) => prometheusConfigsOf(workload, graph))
    .flatMap(({ jobs }) => jobs)
    .some((job) => job.name === name || job.keeps.some((regex) => word(name).test(regex)));
}

/** What is watched. They apply where the graph holds Prometheus rules. */
export const observabilityRules: Rule[] = [
  {
    id: "alert-for-every-workload",
    title: "Every workload has an alert that speaks of it, or at least notices that it is gone",
    why:
      "What nobody watches is found broken by customers: a standby that has been missing for weeks looks like a " +
      "healthy cluster.",
    fix: "Add an alert that names the workload, or scrape it and alert on `up == 0`.",
    prevents: ["https://sre.google/sre-book/monitoring-distributed-systems/"],
    advisoryIn: ["dev"],
    scope: "graph",
    checks: eachWorkload((workload, graph): Answer => {
      const alerts = prometheusRules(graph).filter(({ rule }) => rule.alert);
      if (alerts.length === 0 || !workload.longRunning) return undefined;
      const { name } = workload.object;
      const named = alerts.some(({ rule }) => word(name).test(rule.text));
      const covered =
        named || (isScraped(name, graph) && alerts.some(({ rule }) => ANY_TARGET_DOWN.test(rule.expr ?? "")));
      return covered ? undefined : "no alert speaks of it, and none would notice that it is gone";
    }),
  },
  {
    id: "rates-span-scrapes",
    title: "Every rate covers at least two scrapes",
    why: "A rate over one scrape interval has one sample and so no value: the alert never fires, and looks healthy.",
    fix: "Make each range in a rule at least twice the scrape interval.",
    prevents: ["https://github.com/prometheus/prometheus/issues/8001"],
    scope: "graph",
    checks: eachRuleFile(function* (rules, graph): Iterable<string> {
      const scrape = scrapeSeconds(graph);
      if (scrape === undefined) return;
      for (const [index, { key, rule }] of rules.entries()) {
        const ranges = [...(rule.expr ?? "").matchAll(/\[([0-9smhdw]+)(?::[^\]]*)?\]/g)].map(([, range]) =>
          durationSeconds(range!),
        );
        if (ranges.some((range) => range < 2 * scrape))
          yield `data[${key}] rule ${index + 1} has a range of fewer than two scrapes`;
      }
    }),
  },
  {
    id: "alerts-actionable",
    title: "Every alert says what is wrong and where its runbook is",
    why: "At three in the morning a bare metric name costs the first half hour of the outage.",
    fix: "Add `summary` and `runbook_url` to the alert's annotations.",
    prevents: ["https://sre.google/workbook/on-call/"],
    advisoryIn: ["dev"],
    scope: "graph",
    checks: eachRuleFile(function* (rules): Iterable<string> {
      for (const [index, { key, rule }] of rules.entries()) {
        const missing = rule.alert ? ["summary", "runbook_url"].filter((name) => !rule.annotations[name]) : [];
        if (missing.length > 0) yield `data[${key}] rule ${index + 1} has no ${missing.join(" and no ")}`;
      }
    }),
  },
];

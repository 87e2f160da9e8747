import { stringify } from "yaml";
import type { Observability, RuleGroup } from "../common/observability";
import { widened } from "./ranges";

/** One query of a panel, as Prometheus is asked it. */
interface PanelQuery {
  dashboard: string;
  panel: string;
  expr: string;
}

/** The parts of a Grafana dashboard that are read here. */
interface Dashboard {
  title?: string;
  panels?: { title?: string; targets?: { expr?: string }[] }[];
}

/** The same observability with every range wide enough for the scrape interval, in rules and in dashboards. */
export function fitted<T extends Observability>(observed: T, intervalSeconds: number): T {
  const rules: RuleGroup[] = observed.rules.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => ({ ...rule, expr: widened(rule.expr, intervalSeconds) })),
  }));
  const { dashboard } = observed;
  return {
    ...observed,
    rules,
    ...(dashboard === undefined ? {} : { dashboard: fittedDashboard(dashboard, intervalSeconds) }),
  };
}

function fittedDashboard(dashboard: object, intervalSeconds: number): object {
  const { panels, ...rest } = dashboard as Dashboard;
  return {
    ...rest,
    panels: (panels ?? []).map((panel) => ({
      ...panel,
      targets: (panel.targets ?? []).map((target) =>
        target.expr === undefined ? target : { ...target, expr: widened(target.expr, intervalSeconds) },
      ),
    })),
  };
}

/**
 * Every query of every panel, for a test that runs each against a live Prometheus.
 *
 * @param dashboards Grafana dashboards as plain JSON, for example out of the ConfigMaps of a running cluster
 */
export function panelQueries(dashboards: object[]): PanelQuery[] {
  return (dashboards as Dashboard[]).flatMap(({ title = "", panels = [] }) =>
    panels.flatMap((panel) =>
      (panel.targets ?? []).flatMap(({ expr }) =>
        expr === undefined ? [] : [{ dashboard: title, panel: panel.title ?? "", expr }],
      ),
    ),
  );
}

/** Every PromQL expression of rules and panels. */
export function expressions(observed: Observability[]): string[] {
  const rules = observed.flatMap(({ rules: groups }) => groups.flatMap((group) => group.rules.map(({ expr }) => expr)));
  const panels = panelQueries(observed.flatMap(({ dashboard }) => (dashboard === undefined ? [] : [dashboard])));
  return [...rules, ...panels.map(({ expr }) => expr)];
}

/** Disruption budgets that a rule names, which therefore need no general alert. */
export function namedBudgets(observed: Observability[]): string[] {
  const found = expressions(observed).flatMap((expr) =>
    [...expr.matchAll(/poddisruptionbudget="([^"]+)"/g)].map(([, name]) => name!),
  );
  return [...new Set(found)].sort();
}

/** A comparison with a value or another vector, outside of label selectors. */
const COMPARISON = /(\{[^}]*\})|(==|!=|<=|>=|<|>)/g;

/**
 * An alert's expression without its bounds: each comparison becomes a subtraction, so that it returns a value wherever
 * its sides have any. A rule that returns nothing even so reads series that do not exist.
 */
export const uncompared = (expr: string): string => expr.replace(COMPARISON, (_, selector?: string) => selector ?? "-");

/** Each component's rules as Prometheus reads them, by file name. */
export function ruleFiles(observed: Observability[]): Record<string, string> {
  const file = ({ rules }: Observability) =>
    stringify({ groups: rules }, { aliasDuplicateObjects: false, lineWidth: 0 });
  return Object.fromEntries(observed.map((one) => [`${one.name}.yml`, file(one)]));
}

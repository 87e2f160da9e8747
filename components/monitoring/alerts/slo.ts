import type { AlertRule, RecordingRule, RuleGroup } from "../../common/observability";
import type { Slo } from "../args";
import { DEFAULTS } from "../settings";
import { alert } from "./alert";

/** How fast the budget may burn before somebody is told. */
interface BurnAlert {
  /** Hours of the long window, which says how much is at stake. */
  longHours: number;
  /** Minutes of the short window, which lets the alert end soon after the cause: a twelfth of the long one. */
  shortMinutes: number;
  /** Share of the period's budget that has burnt when the long window is full of it. */
  budget: number;
  severity: AlertRule["labels"]["severity"];
}

/** Windows and budgets of "The Site Reliability Workbook", chapter 5, table 5-8. */
const BURN_ALERTS: BurnAlert[] = [
  { longHours: 1, shortMinutes: 5, budget: 0.02, severity: "page" },
  { longHours: 6, shortMinutes: 30, budget: 0.05, severity: "page" },
  { longHours: 72, shortMinutes: 360, budget: 0.1, severity: "ticket" },
];

/**
 * How many times faster than allowed errors come when `budget` of the period's error budget burns within the window:
 * budget × period ÷ window. With 2 % in an hour of 30 days that is 14.4.
 *
 * @param budget share of the error budget, 0 to 1
 */
export function burnFactor(budget: number, periodDays: number, windowHours: number): number {
  return (budget * periodDays * 24) / windowHours;
}

/**
 * Multi-window, multi-burn-rate alerts of an objective, and the ratios they read.
 *
 * @throws Error when the objective is not between 0 and 1: without a budget there is nothing to burn
 */
export function sloRules(slo: Slo): RuleGroup {
  if (!(slo.objective > 0 && slo.objective < 1)) {
    throw new Error(
      `SLO ${slo.name}: the objective is ${slo.objective}; it must lie between 0 and 1, for example 0.999.`,
    );
  }
  const period = slo.periodDays ?? DEFAULTS.Slo.periodDays;
  const windows = [
    ...new Set(BURN_ALERTS.flatMap(({ longHours, shortMinutes }) => [longHours * 60, shortMinutes])),
  ].sort((a, b) => a - b);
  const ratio = (minutes: number) => `slo:bad:ratio_rate${window(minutes)}`;
  const recorded: RecordingRule[] = windows.map((minutes) => ({
    record: ratio(minutes),
    // Without traffic there is no ratio and no alert: nobody is being failed.
    expr: `sum(rate(${slo.bad}[${window(minutes)}])) / (sum(rate(${slo.total}[${window(minutes)}])) > 0)`,
    labels: { slo: slo.name },
  }));
  const alerts = BURN_ALERTS.map(({ longHours, shortMinutes, budget, severity }) => {
    const factor = burnFactor(budget, period, longHours);
    const bound = `${trimmed(factor)} * ${trimmed(1 - slo.objective)}`;
    const above = (minutes: number) => `${ratio(minutes)}{slo="${slo.name}"} > ${bound}`;
    return alert({
      alert: severity === "page" ? "ErrorBudgetBurnsFast" : "ErrorBudgetBurnsSlowly",
      severity,
      labels: { window: window(longHours * 60) },
      expr: `${above(longHours * 60)} and ${above(shortMinutes)}`,
      summary:
        `${slo.name}: {{ $value | humanizePercentage }} of requests fail, ${trimmed(factor)} times what ` +
        `${trimmed(100 * slo.objective)} % allows or more`,
      description:
        `At this rate ${trimmed(100 * budget)} % of the error budget of ${period} days burns within ` +
        `${window(longHours * 60)}.`,
      runbook: "error-budget-burns",
    });
  });
  return { name: `slo-${slo.name}`, rules: [...recorded, ...alerts] };
}

const window = (minutes: number): string => (minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`);

/** A number without the noise of binary fractions: 0.001, not 0.0010000000000000009. */
const trimmed = (value: number): string => String(Number(value.toPrecision(6)));

import { expect, test } from "vitest";
import { checkAlerts, checkRules, promtoolTest } from "../../../test/support/promtool";
import { burnFactor, sloRules } from "./slo";

const slo = { name: "shop", objective: 0.999, total: "answers_total", bad: 'answers_total{code="5xx"}' };
const rules = [sloRules(slo)];

test("factors are those of the Site Reliability Workbook for 30 days, and follow the period", () => {
  expect(burnFactor(0.02, 30, 1)).toBeCloseTo(14.4, 10);
  expect([burnFactor(0.05, 30, 6), burnFactor(0.1, 30, 72)]).toEqual([6, 1]);
  expect(burnFactor(0.02, 7, 1)).toBeCloseTo(3.36, 10);
});

test.each([0, 1, 99.9])("an objective of %d is refused", (objective) => {
  expect(() => sloRules({ ...slo, objective })).toThrow("must lie between 0 and 1");
});

test("every burn alert asks a long and a short window", () => {
  const alerts = rules[0]!.rules.flatMap((rule) => ("alert" in rule ? [rule.expr] : []));
  expect(alerts).toEqual([
    'slo:bad:ratio_rate1h{slo="shop"} > 14.4 * 0.001 and slo:bad:ratio_rate5m{slo="shop"} > 14.4 * 0.001',
    'slo:bad:ratio_rate6h{slo="shop"} > 6 * 0.001 and slo:bad:ratio_rate30m{slo="shop"} > 6 * 0.001',
    'slo:bad:ratio_rate72h{slo="shop"} > 1 * 0.001 and slo:bad:ratio_rate6h{slo="shop"} > 1 * 0.001',
  ]);
});

/** 100 requests a minute, of which `bad` fail from the 60th minute on, until the 120th. */
const traffic = (bad: number) => ({
  'answers_total{code="2xx"}': `0+100x60 ${6_000 + 100 - bad}+${100 - bad}x60 ${12_000 - 60 * bad}+100x240`,
  'answers_total{code="5xx"}': `0x60 ${bad}+${bad}x60 ${60 * bad}+0x240`,
});

promtoolTest(
  "all answers bad: a page within minutes; over within minutes of the repair, though the hour is still bad",
  () => {
    checkRules(rules);
    checkAlerts(rules, {
      series: traffic(100),
      at: "59m",
      firing: { ErrorBudgetBurnsFast: 0, ErrorBudgetBurnsSlowly: 0 },
    });
    checkAlerts(rules, { series: traffic(100), at: "64m", firing: { ErrorBudgetBurnsFast: 2 } });
    checkAlerts(rules, { series: traffic(100), at: "160m", firing: { ErrorBudgetBurnsFast: 0 } });
  },
);

promtoolTest("the first errors count, if their series was there at 0 before", () => {
  checkAlerts(rules, { series: traffic(100), at: "62m", firing: { ErrorBudgetBurnsFast: 2 } });
});

promtoolTest("errors within the budget alert nobody", () => {
  const series = { 'answers_total{code="2xx"}': "0+100000x400", 'answers_total{code="5xx"}': "0+50x400" };
  checkAlerts(rules, { series, at: "390m", firing: { ErrorBudgetBurnsFast: 0, ErrorBudgetBurnsSlowly: 0 } });
});

promtoolTest("twice the budget is a ticket, no page; no traffic is nothing", () => {
  const series = { 'answers_total{code="2xx"}': "0+100000x400", 'answers_total{code="5xx"}': "0+200x400" };
  checkAlerts(rules, { series, at: "390m", firing: { ErrorBudgetBurnsFast: 0, ErrorBudgetBurnsSlowly: 1 } });
  checkAlerts(rules, {
    series: { 'answers_total{code="2xx"}': "7x100", 'answers_total{code="5xx"}': "7x100" },
    at: "90m",
    firing: { ErrorBudgetBurnsFast: 0 },
  });
});

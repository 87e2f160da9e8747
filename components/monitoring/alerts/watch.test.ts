import { checkAlerts, checkRules, promtoolTest } from "../../../test/support/promtool";
import { watchRules } from "./watch";

const rules = [watchRules(3)];
const prometheus = 'job="prometheus",pod="prometheus-0"';
const alertmanager = (pod: number) => `job="alertmanager",pod="alertmanager-${pod}"`;

promtoolTest("the Watchdog fires whatever happens", () => {
  checkRules(rules);
  checkAlerts(rules, { series: {}, at: "1m", firing: { Watchdog: 1 } });
});

promtoolTest("a target that cannot be scraped for three minutes", () => {
  const series = { 'up{job="web",instance="a"}': "1x3 0x10", 'up{job="web",instance="b"}': "1x3 0x1 1x10" };
  checkAlerts(rules, { series, at: "5m", firing: { TargetDown: 0 } });
  checkAlerts(rules, { series, at: "9m", firing: { TargetDown: 1 } });
});

promtoolTest("Prometheus in trouble: rules that fail, too many series, nobody to tell", () => {
  const series = {
    [`prometheus_rule_evaluation_failures_total{${prometheus},rule_group="g"}`]: "0x5 1x20",
    [`prometheus_tsdb_head_series{${prometheus}}`]: "9000x5 40000x20",
    [`prometheus_notifications_alertmanagers_discovered{${prometheus}}`]: "3x5 0x20",
  };
  checkAlerts(rules, { series, at: "5m", firing: { RulesFail: 0, TooManySeries: 0, AlertmanagerUnknown: 0 } });
  checkAlerts(rules, { series, at: "8m", firing: { RulesFail: 1 } });
  checkAlerts(rules, { series, at: "17m", firing: { RulesFail: 0, TooManySeries: 1, AlertmanagerUnknown: 1 } });
});

promtoolTest("Alertmanagers that lost each other, and notifications that don't arrive", () => {
  const series = {
    [`alertmanager_cluster_members{${alertmanager(0)}}`]: "3x5 1x20",
    [`alertmanager_cluster_members{${alertmanager(1)}}`]: "3x25",
    [`alertmanager_notifications_failed_total{${alertmanager(0)},integration="webhook",reason="serverError"}`]:
      "0x5 1+1x20",
  };
  checkAlerts(rules, { series, at: "5m", firing: { AlertmanagersApart: 0, NotificationsFail: 0 } });
  checkAlerts(rules, { series, at: "15m", firing: { AlertmanagersApart: 1, NotificationsFail: 1 } });
});

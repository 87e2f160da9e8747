import type { RuleGroup } from "../../common/observability";
import { NAMES } from "../names";
import { SERIES_BOUND } from "../settings";
import { alert } from "./alert";

const prometheus = `job="${NAMES.prometheus}"`;
const alertmanager = `job="${NAMES.alertmanager}"`;

/**
 * Who watches the watchers.
 *
 * @param alertmanagers how many there are to be
 */
export function watchRules(alertmanagers: number): RuleGroup {
  return {
    name: "watch",
    rules: [
      alert({
        alert: "Watchdog",
        severity: "none",
        expr: "vector(1)",
        summary: "Always firing: when it stops arriving, the way from Prometheus to you is broken",
        runbook: "watchdog",
      }),
      alert({
        alert: "TargetDown",
        severity: "ticket",
        for: "3m",
        expr: "up == 0",
        summary: "{{ $labels.job }} on {{ $labels.instance }} cannot be scraped",
        description: "What that target would report, and every alert that reads it, is blind.",
        runbook: "target-down",
      }),
      alert({
        alert: "RulesFail",
        severity: "ticket",
        expr: `increase(prometheus_rule_evaluation_failures_total{${prometheus}}[5m]) > 0`,
        summary: "{{ $labels.pod }}: rules of {{ $labels.rule_group }} fail to evaluate",
        runbook: "rules-fail",
      }),
      alert({
        alert: "TooManySeries",
        severity: "ticket",
        for: "10m",
        expr: `prometheus_tsdb_head_series{${prometheus}} > ${SERIES_BOUND}`,
        summary: "{{ $labels.pod }} holds {{ $value | humanize }} series and may run out of memory",
        runbook: "too-many-series",
      }),
      alert({
        alert: "AlertmanagerUnknown",
        severity: "page",
        for: "5m",
        expr: `prometheus_notifications_alertmanagers_discovered{${prometheus}} < 1`,
        summary: "{{ $labels.pod }} knows no Alertmanager: nobody is told of anything",
        runbook: "alertmanager-unknown",
      }),
      ...(alertmanagers === 1
        ? []
        : [
            alert({
              alert: "AlertmanagersApart",
              severity: "ticket",
              for: "5m",
              expr: `alertmanager_cluster_members{${alertmanager}} < ${alertmanagers}`,
              summary: `{{ $labels.pod }} sees {{ $value }} of ${alertmanagers} Alertmanagers: alerts may be told twice`,
              runbook: "alertmanagers-apart",
            }),
          ]),
      alert({
        alert: "NotificationsFail",
        severity: "page",
        for: "5m",
        expr: `sum by (pod, integration) (rate(alertmanager_notifications_failed_total{${alertmanager}}[5m])) > 0`,
        summary: "{{ $labels.pod }} cannot deliver alerts by {{ $labels.integration }}",
        runbook: "notifications-fail",
      }),
    ],
  };
}

import { configMap, deployment, mounting } from "../objects";
import type { Examples } from "./example";

const rules = (...list: object[]) =>
  configMap("rules", { "rules.yml": JSON.stringify({ groups: [{ name: "g", rules: list }] }) });
const prometheus = [
  deployment("prometheus", mounting("prometheus")),
  configMap("prometheus", { "prometheus.yml": "global: {scrape_interval: 60s}\nscrape_configs: [{job_name: web}]" }),
];
const annotations = { summary: "web is down", runbook_url: "https://example.org/web" };

/** Examples of the rules that read the configuration of programs. */
export const programExamples: Examples = {
  "alert-for-every-workload": {
    bad: [[deployment("web"), rules({ alert: "Down", expr: 'up{job="web-canary"} == 0' })]],
    good: [
      [deployment("web"), rules({ alert: "Down", expr: 'up{job="web"} == 0' })],
      [
        deployment("web"),
        ...prometheus,
        rules({ alert: "Down", expr: "up == 0" }, { alert: "Prometheus", expr: "prometheus_up" }),
      ],
      deployment("web"),
    ],
  },
  "rates-span-scrapes": {
    bad: [[...prometheus, rules({ alert: "Errors", expr: "rate(errors_total[1m]) > 0" })]],
    good: [
      [...prometheus, rules({ alert: "Errors", expr: "rate(errors_total[2m]) > 0" })],
      rules({ alert: "Errors", expr: "rate(errors_total[1m]) > 0" }),
    ],
  },
  "alerts-actionable": {
    bad: [
      rules({ alert: "Down", expr: "up == 0" }),
      rules({ alert: "Down", expr: "up == 0", annotations: { summary: "down" } }),
    ],
    good: [rules({ alert: "Down", expr: "up == 0", annotations }, { record: "a:b", expr: "up" })],
  },
};

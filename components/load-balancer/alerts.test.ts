import { expect, test } from "vitest";
import { checkAlerts, checkRules, promtoolTest, type AlertCase } from "../../test/support/promtool";
import { balancerAlerts } from "./alerts";

const labels = 'job="lb",pod="lb-1",proxy="servers"';
const servers = `haproxy_backend_active_servers{${labels}}`;
const available = 'kube_daemonset_status_number_available{namespace="shop",daemonset="lb"}';
const retries = `haproxy_backend_retry_warnings_total{${labels}}`;
const requests = `haproxy_backend_http_requests_total{${labels}}`;
const current = 'haproxy_process_current_connections{job="lb",pod="lb-1"}';
const most = 'haproxy_process_max_connections{job="lb",pod="lb-1"}';

const rules = [balancerAlerts("lb")];

const cases: AlertCase[] = [
  { series: { [servers]: "3x3 0x10" }, at: "7m", firing: { LoadBalancerNoServer: 1 } },
  { series: { [servers]: "1x20" }, at: "7m", firing: { LoadBalancerNoServer: 0 } },
  { series: { [available]: "1x20" }, at: "10m", firing: { LoadBalancerSingle: 1 } },
  { series: { [available]: "2x20" }, at: "10m", firing: { LoadBalancerSingle: 0 } },
  { series: { [retries]: "0+10x20", [requests]: "0+100x20" }, at: "15m", firing: { LoadBalancerRetries: 1 } },
  { series: { [retries]: "0+1x20", [requests]: "0+100x20" }, at: "15m", firing: { LoadBalancerRetries: 0 } },
  { series: { [current]: "3500x20", [most]: "4000x20" }, at: "10m", firing: { LoadBalancerConnectionsFull: 1 } },
  { series: { [current]: "100x20", [most]: "4000x20" }, at: "10m", firing: { LoadBalancerConnectionsFull: 0 } },
];

promtoolTest("every alert fires when it should and is silent when it should be", () => {
  checkRules(rules);
  for (const one of cases) checkAlerts(rules, one);
});

test("every alert has a case in which it fires and one in which it doesn't", () => {
  const named = rules.flatMap((group) => group.rules).flatMap((rule) => ("alert" in rule ? [rule.alert] : []));
  for (const alert of named) expect(new Set(cases.flatMap(({ firing }) => (alert in firing ? [firing[alert]! > 0] : []))), alert).toEqual(new Set([true, false]));
});

import { expect, test } from "vitest";
import { checkAlerts, checkRules, promtoolTest, type AlertCase } from "../../test/support/promtool";
import { webAlerts } from "./alerts";

const available = 'kube_deployment_status_replicas_available{namespace="shop",deployment="web",pod="ksm"}';
const wanted = 'kube_deployment_spec_replicas{namespace="shop",deployment="web",pod="ksm"}';
const desired = 'kube_horizontalpodautoscaler_status_desired_replicas{namespace="shop",horizontalpodautoscaler="web"}';
const maximum = 'kube_horizontalpodautoscaler_spec_max_replicas{namespace="shop",horizontalpodautoscaler="web"}';
const active =
  'kube_horizontalpodautoscaler_status_condition{namespace="shop",horizontalpodautoscaler="web",condition="ScalingActive",status="false"}';

const reaches = (pod: string) => `dependency_up{namespace="shop",job="web",pod="${pod}",dependency="redis"}`;

const rules = [webAlerts("web")];

const cases: AlertCase[] = [
  { series: { [available]: "3x3 0x10" }, at: "7m", firing: { WebServiceNoPodReady: 1 } },
  { series: { [available]: "1x20" }, at: "7m", firing: { WebServiceNoPodReady: 0 } },
  { series: { [available]: "2x20", [wanted]: "3x20" }, at: "15m", firing: { WebServiceReplicasMissing: 1 } },
  { series: { [available]: "2x4 3x16", [wanted]: "3x20" }, at: "15m", firing: { WebServiceReplicasMissing: 0 } },
  { series: { [desired]: "6x20", [maximum]: "6x20" }, at: "15m", firing: { WebServiceAtMaximum: 1 } },
  { series: { [desired]: "5x20", [maximum]: "6x20" }, at: "15m", firing: { WebServiceAtMaximum: 0 } },
  {
    series: { [reaches("a")]: "1x3 0x10", [reaches("b")]: "1x13", [reaches("c")]: "1x13" },
    at: "7m",
    firing: { WebServiceDependencyAway: 1 },
  },
  { series: { [reaches("a")]: "0x13", [reaches("b")]: "0x13" }, at: "7m", firing: { WebServiceDependencyAway: 0 } },
  { series: { [active]: "1x20" }, at: "15m", firing: { WebServiceAutoscalerBlind: 1 } },
  { series: { [active]: "0x20" }, at: "15m", firing: { WebServiceAutoscalerBlind: 0 } },
];

promtoolTest("every alert fires when it should and is silent when it should be", () => {
  checkRules(rules);
  for (const one of cases) checkAlerts(rules, one);
});

test("every alert has a case in which it fires and one in which it doesn't", () => {
  const named = rules.flatMap((group) => group.rules).flatMap((rule) => ("alert" in rule ? [rule.alert] : []));
  for (const alert of named)
    expect(new Set(cases.flatMap(({ firing }) => (alert in firing ? [firing[alert]! > 0] : []))), alert).toEqual(
      new Set([true, false]),
    );
});

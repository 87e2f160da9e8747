import { expect, test } from "vitest";
import { checkAlerts, hasPromtool, type AlertCase } from "../../test/support/promtool";
import { webAlerts } from "./alerts";

const available = 'kube_deployment_status_replicas_available{namespace="shop",deployment="web",pod="ksm"}';
const wanted = 'kube_deployment_spec_replicas{namespace="shop",deployment="web",pod="ksm"}';
const desired = 'kube_horizontalpodautoscaler_status_desired_replicas{namespace="shop",horizontalpodautoscaler="web"}';
const maximum = 'kube_horizontalpodautoscaler_spec_max_replicas{namespace="shop",horizontalpodautoscaler="web"}';
const active = 'kube_horizontalpodautoscaler_status_condition{namespace="shop",horizontalpodautoscaler="web",condition="ScalingActive",status="false"}';

const cases: AlertCase[] = [
  { alert: "WebServiceNoPodReady", series: { [available]: "3x3 0x10" }, at: "7m", firing: 1 },
  { alert: "WebServiceNoPodReady", series: { [available]: "1x20" }, at: "7m", firing: 0 },
  { alert: "WebServiceReplicasMissing", series: { [available]: "2x20", [wanted]: "3x20" }, at: "15m", firing: 1 },
  { alert: "WebServiceReplicasMissing", series: { [available]: "2x4 3x16", [wanted]: "3x20" }, at: "15m", firing: 0 },
  { alert: "WebServiceAtMaximum", series: { [desired]: "6x20", [maximum]: "6x20" }, at: "15m", firing: 1 },
  { alert: "WebServiceAtMaximum", series: { [desired]: "5x20", [maximum]: "6x20" }, at: "15m", firing: 0 },
  { alert: "WebServiceAutoscalerBlind", series: { [active]: "1x20" }, at: "15m", firing: 1 },
  { alert: "WebServiceAutoscalerBlind", series: { [active]: "0x20" }, at: "15m", firing: 0 },
];

test.skipIf(!hasPromtool)("every alert fires when it should and is silent when it should be, says promtool", () => checkAlerts([webAlerts("web")], cases));

test("every alert has a case in which it fires and one in which it doesn't", () => {
  const named = webAlerts("web").rules.flatMap((rule) => ("alert" in rule ? [rule.alert] : []));
  for (const alert of named) expect(new Set(cases.filter((one) => one.alert === alert).map(({ firing }) => firing > 0)), alert).toEqual(new Set([true, false]));
});

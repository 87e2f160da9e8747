import { expect, test } from "vitest";
import { checkAlerts, checkRules, promtoolTest, type AlertCase } from "../../test/support/promtool";
import { workerAlerts } from "./alerts";

const available = 'kube_deployment_status_replicas_available{namespace="shop",deployment="mail",pod="ksm"}';
const wanted = 'kube_deployment_spec_replicas{namespace="shop",deployment="mail",pod="ksm"}';

const rules = [workerAlerts("mail")];

const cases: AlertCase[] = [
  { series: { [available]: "2x3 0x10" }, at: "7m", firing: { WorkerNoPodReady: 1 } },
  { series: { [available]: "1x20" }, at: "7m", firing: { WorkerNoPodReady: 0 } },
  { series: { [available]: "1x20", [wanted]: "2x20" }, at: "15m", firing: { WorkerReplicasMissing: 1 } },
  { series: { [available]: "1x4 2x16", [wanted]: "2x20" }, at: "15m", firing: { WorkerReplicasMissing: 0 } },
];

promtoolTest("every alert fires when it should and is silent when it should be", () => {
  checkRules(rules);
  for (const one of cases) checkAlerts(rules, one);
});

test("every alert has a case in which it fires and one in which it doesn't", () => {
  for (const alert of ["WorkerNoPodReady", "WorkerReplicasMissing"])
    expect(new Set(cases.flatMap(({ firing }) => (alert in firing ? [firing[alert]! > 0] : []))), alert).toEqual(
      new Set([true, false]),
    );
});

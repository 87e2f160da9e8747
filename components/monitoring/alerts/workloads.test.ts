import { checkAlerts, checkRules, promtoolTest } from "../../../test/support/promtool";
import { workloadRules } from "./workloads";

const rules = [workloadRules([])];
const pod = (name: string, ready: string, phase: string) => ({
  [`kube_pod_status_ready{namespace="shop",pod="${name}",condition="true"}`]: ready,
  [`kube_pod_status_phase{namespace="shop",pod="${name}",phase="${phase}"}`]: "1x40",
});

promtoolTest("a pod that is not ready for five minutes, but not one that has finished", () => {
  checkRules(rules);
  const series = {
    ...pod("starting", "0x3 1x30", "Running"),
    ...pod("stuck", "0x30", "Pending"),
    ...pod("done", "0x30", "Succeeded"),
  };
  checkAlerts(rules, { series, at: "8m", firing: { PodNotReady: 1 } });
});

promtoolTest("a container that restarts again and again", () => {
  const restarts = (values: string) => ({
    'kube_pod_container_status_restarts_total{namespace="shop",pod="a",container="c"}': values,
  });
  checkAlerts(rules, { series: restarts("0x10 1x30"), at: "14m", firing: { ContainerRestarts: 0 } });
  checkAlerts(rules, { series: restarts("0x10 1x2 2x2 3x2 4x20"), at: "18m", firing: { ContainerRestarts: 1 } });
});

promtoolTest("a disruption budget without room, unless a component speaks for it itself", () => {
  const budget = (name: string) => ({
    [`kube_poddisruptionbudget_status_pod_disruptions_allowed{poddisruptionbudget="${name}"}`]: "0x40",
  });
  const series = { ...budget("redis"), ...budget("web-app") };
  checkAlerts(rules, { series, at: "20m", firing: { NoRoomForDisruption: 2 } });
  checkAlerts([workloadRules(["web-app", "api"])], { series, at: "20m", firing: { NoRoomForDisruption: 1 } });
});

promtoolTest("a node that is away, and one whose certificate is not renewed", () => {
  const series = {
    'kube_node_status_condition{node="a",condition="Ready",status="true"}': "1x5 0x20",
    'kubelet_certificate_manager_client_ttl_seconds{job="kubelet",node="a"}': `${20 * 86_400}x25`,
    'kubelet_certificate_manager_client_ttl_seconds{job="kubelet",node="b"}': `${9 * 86_400}x25`,
  };
  checkAlerts(rules, { series, at: "5m", firing: { NodeNotReady: 0, NodeCertificateExpires: 1 } });
  checkAlerts(rules, { series, at: "10m", firing: { NodeNotReady: 1 } });
});

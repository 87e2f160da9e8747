import type { RuleGroup } from "../../common/observability";
import { JOBS } from "../names";
import { CERTIFICATE_DAYS, RESTARTS } from "../settings";
import { alert } from "./alert";

/**
 * What can be wrong with any workload or node, whichever component it is of.
 *
 * @param ownBudgets disruption budgets that a component has an alert of its own for
 */
export function workloadRules(ownBudgets: string[]): RuleGroup {
  const others = ownBudgets.length === 0 ? "" : `{poddisruptionbudget!~"${ownBudgets.join("|")}"}`;
  return {
    name: "workloads",
    rules: [
      alert({
        alert: "PodNotReady",
        severity: "ticket",
        for: "5m",
        // A finished pod is not ready either, rightly.
        expr:
          'kube_pod_status_ready{condition="true"} == 0 and on (namespace, pod) ' +
          'kube_pod_status_phase{phase=~"Pending|Running|Unknown"} == 1',
        summary: "{{ $labels.pod }} has not been ready for 5 minutes",
        runbook: "pod-not-ready",
      }),
      alert({
        alert: "ContainerRestarts",
        severity: "ticket",
        expr: `increase(kube_pod_container_status_restarts_total[15m]) > ${RESTARTS}`,
        summary:
          '{{ $labels.pod }}/{{ $labels.container }} was restarted {{ printf "%.0f" $value }} times in 15 minutes',
        runbook: "container-restarts",
      }),
      alert({
        alert: "NoRoomForDisruption",
        severity: "ticket",
        for: "15m",
        expr: `kube_poddisruptionbudget_status_pod_disruptions_allowed${others} == 0`,
        summary: "{{ $labels.poddisruptionbudget }} has permitted no eviction for 15 minutes",
        description: "A node that has to be emptied will wait. Pods are missing or not ready.",
        runbook: "no-room-for-disruption",
      }),
      alert({
        alert: "NodeNotReady",
        severity: "page",
        for: "2m",
        expr: 'kube_node_status_condition{condition="Ready",status="true"} == 0',
        summary: "{{ $labels.node }} has not been ready for 2 minutes",
        runbook: "node-not-ready",
      }),
      alert({
        alert: "NodeCertificateExpires",
        severity: "ticket",
        expr: `kubelet_certificate_manager_client_ttl_seconds{job="${JOBS.kubelet}"} < ${CERTIFICATE_DAYS} * 86400`,
        summary:
          "{{ $labels.node }}'s certificate ends in {{ $value | humanizeDuration }}, and the kubelet has not " +
          "renewed it",
        description: "When it ends the node is lost to the cluster.",
        runbook: "node-certificate",
      }),
    ],
  };
}

import type { RuleGroup } from "../common/observability";

/** What matters for the availability of a web tier named `name`, beside what `Monitoring` watches of every workload. */
export function webAlerts(name: string): RuleGroup {
  const deployment = `deployment="${name}"`;
  const reached = `dependency_up{job="${name}"}`;
  const autoscaler = `horizontalpodautoscaler="${name}"`;
  return {
    name,
    rules: [
      {
        alert: "WebServiceNoPodReady",
        expr: `kube_deployment_status_replicas_available{${deployment}} == 0`,
        for: "1m",
        labels: { severity: "page" },
        annotations: {
          summary: `${name} has no pod that serves`,
          description: "Every request fails. Look at the pods' events, then at the last rollout.",
          runbook_url: "components/web-service/runbook.md#no-pod-ready",
        },
      },
      {
        alert: "WebServiceReplicasMissing",
        expr:
          `kube_deployment_status_replicas_available{${deployment}} < on (namespace, deployment) ` +
          `kube_deployment_spec_replicas{${deployment}}`,
        for: "10m",
        labels: { severity: "ticket" },
        annotations: {
          summary: `${name} has {{ $value }} pods ready, fewer than wanted, for 10 minutes`,
          runbook_url: "components/web-service/runbook.md#replicas-missing",
        },
      },
      {
        alert: "WebServiceAtMaximum",
        expr:
          `kube_horizontalpodautoscaler_status_desired_replicas{${autoscaler}} >= on (namespace, ` +
          `horizontalpodautoscaler) kube_horizontalpodautoscaler_spec_max_replicas{${autoscaler}}`,
        for: "10m",
        labels: { severity: "ticket" },
        annotations: {
          summary: `${name} has run at its autoscaler's maximum of {{ $value }} for 10 minutes`,
          description:
            "More load will be felt as latency. Raise its maximum, and see that nodes and database connections suffice.",
          runbook_url: "components/web-service/runbook.md#at-maximum",
        },
      },
      {
        alert: "WebServiceAutoscalerBlind",
        expr:
          `kube_horizontalpodautoscaler_status_condition{${autoscaler},condition="ScalingActive",status="false"} ` +
          "== 1",
        for: "10m",
        labels: { severity: "ticket" },
        annotations: {
          summary: `The autoscaler of ${name} gets no metrics and cannot act`,
          runbook_url: "components/web-service/runbook.md#autoscaler-blind",
        },
      },
      {
        alert: "WebServiceDependencyAway",
        // Where no pod reaches it the pods are not the reason, and the dependency's own alerts tell.
        expr: `${reached} == 0 and on (namespace, dependency) max by (namespace, dependency) (${reached}) == 1`,
        for: "1m",
        labels: { severity: "ticket" },
        annotations: {
          summary: "{{ $labels.pod }} does not reach {{ $labels.dependency }}, which others do",
          runbook_url: "components/web-service/runbook.md#dependency-away",
        },
      },
    ],
  };
}

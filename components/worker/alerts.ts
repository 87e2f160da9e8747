import type { RuleGroup } from "../common/observability";

/** What matters of a worker named `name`, beside what `Monitoring` watches of every workload. */
export function workerAlerts(name: string): RuleGroup {
  const deployment = `deployment="${name}"`;
  const available = `kube_deployment_status_replicas_available{${deployment}}`;
  return {
    name,
    rules: [
      {
        alert: "WorkerNoPodReady",
        expr: `${available} == 0`,
        for: "2m",
        labels: { severity: "page" },
        annotations: {
          summary: `${name} has no pod that works`,
          description: "Its work waits. Look at the pods' events, then at the last rollout.",
          runbook_url: "components/worker/runbook.md#no-pod-ready",
        },
      },
      {
        alert: "WorkerReplicasMissing",
        expr: `${available} < on (namespace, deployment) kube_deployment_spec_replicas{${deployment}}`,
        for: "10m",
        labels: { severity: "ticket" },
        annotations: {
          summary: `${name} has {{ $value }} pods ready, fewer than wanted, for 10 minutes`,
          runbook_url: "components/worker/runbook.md#replicas-missing",
        },
      },
    ],
  };
}

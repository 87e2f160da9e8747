import { dashboard, panel } from "../common/dashboard";

/** Dashboard of the worker named `name`: what the cluster knows of its pods. */
export function workerDashboard(name: string): object {
  const container = `container="${name}"`;
  return dashboard(name, `Worker ${name}`, [
    panel(
      "Pods",
      "short",
      [`kube_deployment_status_replicas_available{deployment="${name}"}`, "ready"],
      [`kube_deployment_spec_replicas{deployment="${name}"}`, "wanted"],
    ),
    panel("CPU by pod", "short", [
      `sum by (pod) (rate(container_cpu_usage_seconds_total{${container}}[5m]))`,
      "{{pod}}",
    ]),
    panel("Memory by pod", "bytes", [`sum by (pod) (container_memory_working_set_bytes{${container}})`, "{{pod}}"]),
  ]);
}

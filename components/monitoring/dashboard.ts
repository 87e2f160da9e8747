import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { dashboard, panel } from "../common/dashboard";
import type { Observability } from "../common/observability";
import { metadataOf, workloadOf } from "../common/workload";
import type { Slo } from "./args";
import { JOBS, NAMES } from "./names";

/** Dashboard of machines and containers: who uses how much of what there is. */
export function usageDashboard(): object {
  const disks = `job="${NAMES.nodeExporter}"`;
  return dashboard("usage", "Usage", [
    panel("CPU of each machine", "percentunit", ["machine:cpu_busy:ratio", "{{boot_id}}"]),
    panel("Memory of each machine", "percentunit", ["machine:memory_used:ratio", "{{boot_id}}"]),
    panel("Disk time of each machine", "percentunit", ["machine:disk_busy:ratio", "{{device}}"]),
    panel("Space left on each machine", "percentunit", ["machine:filesystem_free:ratio", "{{device}}"]),
    panel(
      "Bytes read and written",
      "Bps",
      [`max by (device) (rate(node_disk_read_bytes_total{${disks}}[5m]))`, "{{device}} read"],
      [`max by (device) (rate(node_disk_written_bytes_total{${disks}}[5m]))`, "{{device}} written"],
    ),
    panel("CPU of each container, of its limit", "percentunit", [
      "topk(15, container:cpu_usage:ratio_of_limit)",
      "{{pod}}/{{container}}",
    ]),
    panel("Memory of each container, of its limit", "percentunit", [
      "topk(15, container:memory_working_set:ratio_of_limit)",
      "{{pod}}/{{container}}",
    ]),
    panel("CPU by pod", "short", [
      `topk(15, sum by (pod) (rate(container_cpu_usage_seconds_total{job="${JOBS.kubeletUsage}"}[5m])))`,
      "{{pod}}",
    ]),
  ]);
}

/**
 * Dashboard of the monitoring itself, and of how the objectives stand.
 *
 * @param slos the objectives that rules record ratios for
 * @param alertmanagers how many there are; one alone has no peers to count
 */
export function watchDashboard(slos: Slo[], alertmanagers: number): object {
  const prometheus = `job="${NAMES.prometheus}"`;
  const alertmanager = `job="${NAMES.alertmanager}"`;
  return dashboard("watch", "Watch", [
    panel("Alerts that fire", "short", [
      'count by (alertname, severity) (ALERTS{alertstate="firing"})',
      "{{severity}} {{alertname}}",
    ]),
    ...(slos.length === 0
      ? []
      : [panel("Bad requests of each objective", "percentunit", ["slo:bad:ratio_rate1h", "{{slo}}"])]),
    panel("Targets that can be scraped", "short", ["sum by (job) (up)", "{{job}}"]),
    panel("Series", "short", [`prometheus_tsdb_head_series{${prometheus}}`, "{{pod}}"]),
    panel("Memory of Prometheus", "bytes", [`process_resident_memory_bytes{${prometheus}}`, "{{pod}}"]),
    panel("Time to evaluate rules", "s", [
      `prometheus_rule_group_last_duration_seconds{${prometheus}}`,
      "{{rule_group}}",
    ]),
    ...(alertmanagers === 1
      ? []
      : [
          panel("Alertmanagers that each one sees", "short", [
            `alertmanager_cluster_members{${alertmanager}}`,
            "{{pod}}",
          ]),
        ]),
    panel(
      "Notifications",
      "ops",
      [`sum by (integration) (rate(alertmanager_notifications_total{${alertmanager}}[5m]))`, "{{integration}} sent"],
      [
        `sum by (integration) (rate(alertmanager_notifications_failed_total{${alertmanager}}[5m]))`,
        "{{integration}} failed",
      ],
    ),
  ]);
}

/** A ConfigMap for each dashboard, with the label that Grafana's sidecar looks for. */
export function createDashboards(
  observed: Observability[],
  namespace: pulumi.Input<string>,
  parent: pulumi.Resource,
): void {
  for (const { name, dashboard: shown } of observed) {
    if (shown === undefined) continue;
    const metadata = metadataOf(workloadOf(`dashboard-${name}`, "monitoring", namespace));
    const labels = { ...metadata.labels, grafana_dashboard: "1" };
    const data = { [`${name}.json`]: JSON.stringify(shown) };
    new k8s.core.v1.ConfigMap(metadata.name, { metadata: { ...metadata, labels }, data }, { parent });
  }
}

import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import type { Peer } from "../common/network";
import type { Observability, ScrapeTarget } from "../common/observability";
import { JOBS, PORTS } from "./names";
import { DEFAULTS, URGENT_SECONDS } from "./settings";

/** A scrape target whose namespace is known. */
export type KnownTarget = Omit<ScrapeTarget, "peer"> & { peer: { namespace: string; labels: Record<string, string> } };

/** What the configuration is made of. */
export interface PrometheusParts {
  targets: KnownTarget[];
  /** Namespaces that pods are looked for in. */
  namespaces: string[];
  /** Where Alertmanager's pods are. */
  alertmanager: KnownTarget["peer"];
  intervalSeconds: number;
}

type Relabel = Record<string, unknown>;

const TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * What one scrape may bring. A program that puts paths or ids into labels loses its own scrape and raises TargetDown,
 * instead of filling everybody's memory.
 */
const LIMITS = { sample_limit: 5_000, label_limit: 40, label_value_length_limit: 300, body_size_limit: "16MB" };

/** {@link prometheusConfig}, once the namespaces' names are known. */
export function prometheusFile(
  observed: Observability[],
  namespaces: pulumi.Input<string>[],
  alertmanager: Peer,
  intervalSeconds: number,
): pulumi.Output<string> {
  const targets = observed.flatMap(({ scrape }) => scrape);
  return pulumi.output({ targets, namespaces, alertmanager }).apply((known) =>
    prometheusConfig({
      targets: known.targets as KnownTarget[],
      namespaces: [...new Set(known.namespaces)],
      alertmanager: known.alertmanager as KnownTarget["peer"],
      intervalSeconds,
    }),
  );
}

/** `prometheus.yml`: one job per scrape target, the kubelets, and the way to Alertmanager. */
export function prometheusConfig(parts: PrometheusParts): string {
  const interval = `${parts.intervalSeconds}s`;
  const urgently = `${Math.min(URGENT_SECONDS, parts.intervalSeconds)}s`;
  // The same for every job, so that Prometheus watches the API once and not once per job.
  const pods = [{ role: "pod", namespaces: { names: parts.namespaces } }];
  return stringify(
    {
      global: {
        scrape_interval: interval,
        // Longer than any exporter here needs, and shorter than the shortest interval.
        scrape_timeout: `${Math.min(10, parts.intervalSeconds)}s`,
        evaluation_interval: urgently,
        ...LIMITS,
      },
      rule_files: ["/etc/prometheus/rules/*.yml"],
      alerting: {
        alertmanagers: [
          {
            kubernetes_sd_configs: pods,
            relabel_configs: [keepPods(parts.alertmanager, PORTS.alertmanager)],
          },
        ],
      },
      scrape_configs: [
        ...parts.targets.map((target) => ({
          job_name: target.job,
          metrics_path: target.path ?? DEFAULTS.ScrapeTarget.path,
          ...(target.urgent ? { scrape_interval: urgently } : {}),
          ...(target.honorLabels ? { honor_labels: true } : {}),
          kubernetes_sd_configs: pods,
          relabel_configs: [keepPods(target.peer, target.port), dropFinished, ...podLabels],
          ...metricRelabeling(target),
        })),
        kubeletJob(JOBS.kubelet, "/metrics", "kubelet_certificate_manager_client_ttl_seconds"),
        kubeletJob(
          JOBS.kubeletUsage,
          "/metrics/resource",
          "container_(cpu_usage_seconds_total|memory_working_set_bytes)",
          parts.namespaces,
        ),
      ],
    },
    { aliasDuplicateObjects: false, lineWidth: 0 },
  );
}

/** A pod label as service discovery names it. */
const metaLabel = (label: string): string => `__meta_kubernetes_pod_label_${label.replace(/[^a-zA-Z0-9_]/g, "_")}`;

/** A name as a regular expression that matches nothing else. */
const literal = (name: string): string => name.replace(/\./g, "\\.");

function keepPods(peer: KnownTarget["peer"], port: number): Relabel {
  const labels = Object.entries(peer.labels);
  return {
    source_labels: [
      "__meta_kubernetes_namespace",
      ...labels.map(([name]) => metaLabel(name)),
      "__meta_kubernetes_pod_container_port_number",
    ],
    regex: [peer.namespace, ...labels.map(([, value]) => value), String(port)].map(literal).join(";"),
    action: "keep",
  };
}

/** A finished pod keeps its labels and has no address. */
const dropFinished: Relabel = {
  source_labels: ["__meta_kubernetes_pod_phase"],
  regex: "Succeeded|Failed",
  action: "drop",
};

const podLabels: Relabel[] = [
  { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
  { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
  { source_labels: ["__meta_kubernetes_pod_node_name"], target_label: "node" },
  // The pod's name, not its address: a StatefulSet's pod that comes back goes on with the same series.
  { source_labels: ["__meta_kubernetes_pod_name"], target_label: "instance" },
];

function metricRelabeling(target: KnownTarget): { metric_relabel_configs?: Relabel[] } {
  const rules: Relabel[] = [];
  if (target.keep !== undefined) rules.push({ source_labels: ["__name__"], regex: target.keep, action: "keep" });
  // A reporter on others names each object by its uid, too: new series with every pod of the same name.
  if (target.honorLabels) rules.push({ regex: "uid", action: "labeldrop" });
  return rules.length === 0 ? {} : { metric_relabel_configs: rules };
}

/**
 * A job over all nodes' kubelets.
 *
 * @param namespaces whose pods count, of metrics that tell of pods: a node runs those of other stacks, too
 */
function kubeletJob(job: string, path: string, keep: string, namespaces?: string[]): Record<string, unknown> {
  const regex = namespaces?.map(literal).join("|");
  const own = regex === undefined ? [] : [{ source_labels: ["namespace"], regex, action: "keep" }];
  return {
    job_name: job,
    scheme: "https",
    metrics_path: path,
    // What it says of a pod counts, and its samples carry the times of its own rare collections, which leave gaps.
    honor_labels: true,
    honor_timestamps: false,
    authorization: { credentials_file: TOKEN },
    // A kubelet signs its own serving certificate unless the cluster approves requests for one (kubeadm, kind: it
    // doesn't).
    tls_config: { insecure_skip_verify: true },
    kubernetes_sd_configs: [{ role: "node" }],
    relabel_configs: [
      { source_labels: ["__meta_kubernetes_node_name"], target_label: "node" },
      { source_labels: ["__meta_kubernetes_node_name"], target_label: "instance" },
    ],
    metric_relabel_configs: [{ source_labels: ["__name__"], regex: keep, action: "keep" }, ...own],
  };
}

/** Prometheus' own series that rules and panels read. */
export const PROMETHEUS_SERIES =
  "prometheus_(tsdb_head_series|rule_evaluation_failures_total|notifications_alertmanagers_discovered|tsdb_head_samples_appended_total" +
  "|rule_group_last_duration_seconds)|process_resident_memory_bytes|process_cpu_seconds_total";

/** Alertmanager's. */
export const ALERTMANAGER_SERIES =
  "alertmanager_(cluster_members|notifications_total|notifications_failed_total|alerts)";

/** node-exporter's: what the machine rules read. */
export const NODE_SERIES =
  "node_(machine_info|cpu_seconds_total|memory_(MemAvailable|MemTotal)_bytes|disk_io_time_seconds_total|disk_(read|written)_bytes_total" +
  "|filesystem_(avail|size)_bytes|load1)";

import type * as pulumi from "@pulumi/pulumi";
import { selectorLabels } from "../common/labels";
import { workloadOf, type Workload } from "../common/workload";

/**
 * Namespace that a stack's node-exporter has where none is named: no other stack's, because it is called after its own.
 */
export const nodeNamespace = (namespace: string): string => `${namespace}-node`;

/** Ports, by who answers on them. */
export const PORTS = {
  prometheus: 9090,
  alertmanager: 9093,
  /** Alertmanagers among themselves, TCP and UDP. */
  gossip: 9094,
  nodeExporter: 9100,
  kubeStateMetrics: 8080,
  kubeStateMetricsSelf: 8081,
  kubelet: 10250,
} as const;

/** Names of the workloads; scripts and people rely on them, so they don't carry the component's name. */
export const NAMES = {
  prometheus: "prometheus",
  alertmanager: "alertmanager",
  nodeExporter: "node-exporter",
  kubeStateMetrics: "kube-state-metrics",
} as const;

/** Prometheus jobs that no component exports. */
export const JOBS = { kubelet: "kubelet", kubeletUsage: "kubelet-usage" } as const;

/** Labels of Prometheus' pods, for the policies of what it scrapes. */
export const PROMETHEUS_LABELS = selectorLabels(NAMES.prometheus, "monitoring");

/** The component's own workloads. */
export type Workloads = Record<keyof typeof NAMES, Workload>;

/** Where they are: all in one namespace, but for node-exporter, which reads its host. */
export function workloadsOf(namespace: pulumi.Input<string>, nodeNamespace: pulumi.Input<string>): Workloads {
  const workload = (name: string, at = namespace) => workloadOf(name, "monitoring", at);
  return {
    prometheus: workload(NAMES.prometheus),
    alertmanager: workload(NAMES.alertmanager),
    kubeStateMetrics: workload(NAMES.kubeStateMetrics),
    nodeExporter: workload(NAMES.nodeExporter, nodeNamespace),
  };
}

/** Name of the Service that a workload's pods have their names under. */
export const headlessName = (workload: string): string => `${workload}-headless`;

import type { RuleGroup } from "../../common/observability";
import { JOBS, NAMES } from "../names";
import { DISK_FREE_SHARE, HIGH_USAGE } from "../settings";
import { alert } from "./alert";

/** How long the article has it hold. */
const HELD = "1m";

const node = `job="${NAMES.nodeExporter}"`;
/** Which machine a node's figures are from: nodes in containers on one machine share its kernel, and its boot id. */
const machine = `* on (node) group_left (boot_id) node_machine_info{${node}}`;

/**
 * CPU, memory and disk: of each container against its limit, and of each machine. The range holds at least two scrapes
 * of 60 s, whatever their phase.
 */
export function usageRules(): RuleGroup {
  const container = `job="${JOBS.kubeletUsage}",container!=""`;
  const limit = (resource: string) =>
    `on (namespace, pod, container) kube_pod_container_resource_limits{resource="${resource}"}`;
  return {
    name: "usage",
    rules: [
      {
        record: "container:cpu_usage:ratio_of_limit",
        expr: `rate(container_cpu_usage_seconds_total{${container}}[150s]) / ${limit("cpu")}`,
      },
      {
        record: "container:memory_working_set:ratio_of_limit",
        expr: `container_memory_working_set_bytes{${container}} / ${limit("memory")}`,
      },
      {
        record: "machine:cpu_busy:ratio",
        expr:
          `max by (boot_id) ((1 - avg by (node) (rate(node_cpu_seconds_total{${node},mode="idle"}[150s]))) ` +
          `${machine})`,
      },
      {
        record: "machine:memory_used:ratio",
        expr:
          `max by (boot_id) ((1 - node_memory_MemAvailable_bytes{${node}} / node_memory_MemTotal_bytes{${node}}) ` +
          `${machine})`,
      },
      {
        record: "machine:disk_busy:ratio",
        expr: `max by (boot_id, device) (rate(node_disk_io_time_seconds_total{${node}}[150s]) ${machine})`,
      },
      {
        record: "machine:filesystem_free:ratio",
        // By device: on a node that is a container, one disk shows under the names of many files.
        expr:
          `min by (boot_id, device) (node_filesystem_avail_bytes{${node}} / node_filesystem_size_bytes{${node}} ` +
          `${machine})`,
      },
      alert({
        alert: "ContainerCpuHigh",
        severity: "ticket",
        for: HELD,
        expr: `container:cpu_usage:ratio_of_limit > ${HIGH_USAGE}`,
        summary: "{{ $labels.pod }}/{{ $labels.container }} uses {{ $value | humanizePercentage }} of its CPU limit",
        runbook: "container-cpu",
      }),
      alert({
        alert: "ContainerMemoryHigh",
        severity: "ticket",
        for: HELD,
        expr: `container:memory_working_set:ratio_of_limit > ${HIGH_USAGE}`,
        summary: "{{ $labels.pod }}/{{ $labels.container }} uses {{ $value | humanizePercentage }} of its memory limit",
        description: "At 100 % the kernel kills it.",
        runbook: "container-memory",
      }),
      alert({
        alert: "MachineCpuHigh",
        severity: "ticket",
        for: HELD,
        expr: `machine:cpu_busy:ratio > ${HIGH_USAGE}`,
        summary: `A machine is {{ $value | humanizePercentage }} busy`,
        description: nodesOf(),
        runbook: "machine-cpu",
      }),
      alert({
        alert: "MachineMemoryHigh",
        severity: "ticket",
        for: HELD,
        expr: `machine:memory_used:ratio > ${HIGH_USAGE}`,
        summary: `A machine has {{ $value | humanizePercentage }} of its memory in use`,
        description: nodesOf(),
        runbook: "machine-memory",
      }),
      alert({
        alert: "MachineDiskBusy",
        severity: "ticket",
        for: HELD,
        expr: `machine:disk_busy:ratio > ${HIGH_USAGE}`,
        summary: `{{ $labels.device }} of a machine is busy {{ $value | humanizePercentage }} of the time`,
        description: nodesOf(),
        runbook: "machine-disk",
      }),
      alert({
        alert: "MachineDiskFull",
        severity: "page",
        for: "5m",
        expr: `machine:filesystem_free:ratio < ${DISK_FREE_SHARE}`,
        summary: "{{ $labels.device }} of a machine has {{ $value | humanizePercentage }} of its space left",
        description: `Volumes of local storage are on it. ${nodesOf()}`,
        runbook: "machine-disk-full",
      }),
    ],
  };
}

/** Template that names the nodes which run on the alert's machine. */
function nodesOf(): string {
  return (
    `Nodes on it:{{ range query (printf "node_machine_info{boot_id=\\"%s\\"}" $labels.boot_id) }} {{ .Labels.node ` +
    "}}{{ end }}."
  );
}

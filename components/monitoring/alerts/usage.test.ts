import { checkAlerts, promtoolTest } from "../../../test/support/promtool";
import { usageRules } from "./usage";

const rules = [usageRules()];
/** Four nodes that are containers on one machine, as kind's are, and one on a machine of its own. */
const nodes = { a: "m1", b: "m1", c: "m1", d: "m1", e: "m2" };
const machines = Object.fromEntries(
  Object.entries(nodes).map(([node, boot]) => [
    `node_machine_info{job="node-exporter",node="${node}",boot_id="${boot}"}`,
    "1x60",
  ]),
);
const onNodes = (boot: string, metric: string, labels: string, values: string) =>
  Object.fromEntries(
    Object.entries(nodes)
      .filter(([, machine]) => machine === boot)
      .map(([node]) => [`${metric}{job="node-exporter",node="${node}"${labels}}`, values]),
  );

const pod = 'namespace="shop",pod="web-1",container="web"';
const usage = (metric: string, values: string) => ({ [`${metric}{job="kubelet-usage",node="a",${pod}}`]: values });
const limit = (resource: string, value: string) => ({
  [`kube_pod_container_resource_limits{job="kube-state-metrics",node="a",resource="${resource}",${pod}}`]: value,
});

promtoolTest("a container above 90 % of its CPU limit for a minute, not one that had a busy minute", () => {
  // 0.95 of one CPU is 57 s a minute; a limit of two is half used.
  const busy = { ...usage("container_cpu_usage_seconds_total", "0+57x30"), ...limit("cpu", "1x30") };
  checkAlerts(rules, { series: busy, at: "10m", firing: { ContainerCpuHigh: 1, ContainerMemoryHigh: 0 } });
  checkAlerts(rules, { series: { ...busy, ...limit("cpu", "2x30") }, at: "10m", firing: { ContainerCpuHigh: 0 } });
  const minute = { ...usage("container_cpu_usage_seconds_total", "0+6x10 120+6x20"), ...limit("cpu", "1x40") };
  checkAlerts(rules, { series: minute, at: "12m", firing: { ContainerCpuHigh: 0 } });
});

promtoolTest("a container above 90 % of its memory limit", () => {
  const used = (share: number) => ({
    ...usage("container_memory_working_set_bytes", `${share}x10`),
    ...limit("memory", "100x10"),
  });
  checkAlerts(rules, { series: used(95), at: "5m", firing: { ContainerMemoryHigh: 1 } });
  checkAlerts(rules, { series: used(89), at: "5m", firing: { ContainerMemoryHigh: 0 } });
});

promtoolTest("a busy machine is one alert, however many nodes run on it", () => {
  const idle = (boot: string, perMinute: number) =>
    onNodes(boot, "node_cpu_seconds_total", ',mode="idle",cpu="0"', `0+${perMinute}x30`);
  checkAlerts(rules, {
    series: { ...machines, ...idle("m1", 3), ...idle("m2", 50) },
    at: "10m",
    firing: { MachineCpuHigh: 1 },
  });
  checkAlerts(rules, {
    series: { ...machines, ...idle("m1", 3), ...idle("m2", 3) },
    at: "10m",
    firing: { MachineCpuHigh: 2 },
  });
  checkAlerts(rules, {
    series: { ...machines, ...idle("m1", 12), ...idle("m2", 50) },
    at: "10m",
    firing: { MachineCpuHigh: 0 },
  });
});

promtoolTest("a machine's memory, each of its disks, and their space", () => {
  const memory = {
    ...onNodes("m1", "node_memory_MemAvailable_bytes", "", "5x20"),
    ...onNodes("m1", "node_memory_MemTotal_bytes", "", "100x20"),
  };
  const disk = {
    ...onNodes("m1", "node_disk_io_time_seconds_total", ',device="sda"', "0+58x20"),
    ...onNodes("m1", "node_disk_io_time_seconds_total", ',device="sdb"', "0+30x20"),
  };
  const space = (free: number) => ({
    ...onNodes("m1", "node_filesystem_avail_bytes", ',device="sda1"', `${free}x20`),
    ...onNodes("m1", "node_filesystem_size_bytes", ',device="sda1"', "100x20"),
  });
  checkAlerts(rules, {
    series: { ...machines, ...memory, ...disk, ...space(5) },
    at: "15m",
    firing: { MachineMemoryHigh: 1, MachineDiskBusy: 1, MachineDiskFull: 1 },
  });
  checkAlerts(rules, { series: { ...machines, ...space(15) }, at: "15m", firing: { MachineDiskFull: 0 } });
});

import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { transformed } from "../../common/component";
import { IMAGES } from "../../common/images";
import { podBase, podsOf } from "../../common/pods";
import { withScratch } from "../../common/resources";
import { containerSecurityContext } from "../../common/security";
import { metadataOf, type Workload } from "../../common/workload";
import type { MonitoringSettings } from "../completed";
import { PORTS } from "../names";

const MACHINE_FILES = "/var/lib/machine";

/** Mount points that are no disks of a node: those of containers and of volumes that another mount point stands for. */
const OTHER_MOUNTS = "^/(dev|proc|run|sys|var/lib/(kubelet|containerd|docker|containers))($|/)";

/**
 * node-exporter on every node, with the few collectors that the machine rules read. It reads the host's files through
 * read-only mounts and needs neither the host's network nor its process ids.
 */
export function createNodeExporter(of: Workload, { transform }: MonitoringSettings, parent: pulumi.Resource): void {
  const pod = {
    ...podBase(of.name),
    terminationGracePeriodSeconds: 5,
    // Also where nothing else may run: a control plane's disk fills up, too.
    tolerations: [{ operator: "Exists", effect: "NoSchedule" }],
    initContainers: [machineContainer()],
    containers: [exporterContainer()],
    volumes: [
      { name: "proc", hostPath: { path: "/proc" } },
      { name: "sys", hostPath: { path: "/sys" } },
      { name: "root", hostPath: { path: "/" } },
      { name: "machine", emptyDir: { sizeLimit: "1Mi" } },
    ],
  };
  const updateStrategy = { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "50%" } };
  const set = { metadata: metadataOf(of), spec: { ...podsOf(of.labels, pod), updateStrategy } };
  new k8s.apps.v1.DaemonSet(of.name, transformed(transform?.nodeExporter, set), { parent });
}

/**
 * Says which machine this node is: nodes that are containers on one machine all show that machine's CPU and memory, and
 * only the kernel's boot id tells that it is the same.
 */
function machineContainer(): k8s.types.input.core.v1.Container {
  return {
    name: "machine",
    image: IMAGES.nodeExporter,
    command: [
      "sh",
      "-c",
      `printf 'node_machine_info{boot_id="%s"} 1\\n' "$(cat /proc/sys/kernel/random/boot_id)" > ` +
        `${MACHINE_FILES}/machine.prom`,
    ],
    resources: withScratch({ requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "100m", memory: "32Mi" } }),
    securityContext: containerSecurityContext(),
    volumeMounts: [{ name: "machine", mountPath: MACHINE_FILES }],
  };
}

function exporterContainer(): k8s.types.input.core.v1.Container {
  const collectors = ["cpu", "diskstats", "filesystem", "loadavg", "meminfo", "textfile"];
  const answers = { httpGet: { path: "/", port: "metrics" } };
  return {
    name: "node-exporter",
    image: IMAGES.nodeExporter,
    command: ["node_exporter"],
    args: [
      "--path.procfs=/host/proc",
      "--path.sysfs=/host/sys",
      "--path.rootfs=/host/root",
      "--collector.disable-defaults",
      ...collectors.map((collector) => `--collector.${collector}`),
      `--collector.textfile.directory=${MACHINE_FILES}`,
      `--collector.filesystem.mount-points-exclude=${OTHER_MOUNTS}`,
      "--collector.filesystem.fs-types-exclude=^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|mqueue|nsfs|overlay|proc|pstore|securityfs|sysfs|tmpfs|tracefs|squashfs)$",
      "--collector.diskstats.device-exclude=^(ram|loop|fd|nbd|sr|(h|s|v|xv)d[a-z]+|nvme\\d+n\\d+p)\\d+$",
      "--web.disable-exporter-metrics",
      `--web.listen-address=:${PORTS.nodeExporter}`,
    ],
    ports: [{ name: "metrics", containerPort: PORTS.nodeExporter, protocol: "TCP" }],
    resources: withScratch({ requests: { cpu: "10m", memory: "24Mi" }, limits: { cpu: "200m", memory: "64Mi" } }),
    startupProbe: { ...answers, periodSeconds: 2, failureThreshold: 15 },
    readinessProbe: { ...answers, periodSeconds: 15, timeoutSeconds: 5 },
    livenessProbe: { ...answers, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 4 },
    securityContext: containerSecurityContext(),
    volumeMounts: [
      { name: "proc", mountPath: "/host/proc", readOnly: true },
      { name: "sys", mountPath: "/host/sys", readOnly: true },
      { name: "root", mountPath: "/host/root", readOnly: true, mountPropagation: "HostToContainer" },
      { name: "machine", mountPath: MACHINE_FILES, readOnly: true },
    ],
  };
}

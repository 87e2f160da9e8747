import { readFileSync } from "node:fs";
import type { V1Node, V1Pod } from "@kubernetes/client-node";
import type { ClusterObjects } from "../../commands/target/cluster";

/** Holdfast's own cluster, recorded with `kubectl get -o json`, reduced to the fields that are read. */
export function holdfastCluster(): ClusterObjects {
  const lists = JSON.parse(readFileSync(new URL("recorded/holdfast.json", import.meta.url), "utf8")) as Pick<
    ClusterObjects,
    "nodes" | "pods" | "storageClasses"
  >;
  return { context: "kind-holdfast", ...lists, published: { 30080: 8080 }, withoutCertsD: [] };
}

/** A node as kubeadm leaves it: ready, labelled with its system, and nothing more. */
export function node(
  name: string,
  more: { providerID?: string; labels?: Record<string, string>; cpu?: string; memory?: string; version?: string } = {},
): V1Node {
  return {
    metadata: { name, labels: { "kubernetes.io/os": "linux", "kubernetes.io/hostname": name, ...more.labels } },
    spec: { providerID: more.providerID },
    status: {
      allocatable: { cpu: more.cpu ?? "4", memory: more.memory ?? "8Gi" },
      conditions: [{ type: "Ready", status: "True" }],
      addresses: [{ type: "InternalIP", address: "172.18.0.2" }],
      nodeInfo: { kubeletVersion: more.version ?? "v1.34.0" } as never,
    },
  };
}

/** A system pod with what it reserves. */
export function systemPod(nodeName: string, image: string, cpu = "0", memory = "0"): V1Pod {
  return {
    metadata: { namespace: "kube-system" },
    status: { phase: "Running" },
    spec: { nodeName, containers: [{ name: "main", image, resources: { requests: { cpu, memory } } }] },
  };
}

/** kubeadm's own pods on the first node, by kubeadm's and CoreDNS' manifests. */
const controlPlane = (name: string): V1Pod[] => [
  systemPod(name, "registry.k8s.io/etcd:3.6.5-0", "100m", "100Mi"),
  systemPod(name, "registry.k8s.io/kube-apiserver:v1.34.0", "250m"),
  systemPod(name, "registry.k8s.io/kube-controller-manager:v1.34.0", "200m"),
  systemPod(name, "registry.k8s.io/kube-scheduler:v1.34.0", "100m"),
  systemPod(name, "registry.k8s.io/coredns/coredns:v1.12.1", "100m", "70Mi"),
  systemPod(name, "registry.k8s.io/coredns/coredns:v1.12.1", "100m", "70Mi"),
];

/** The cluster that `kind create cluster` makes by default, by kind's manifests. */
export function plainKind(kindnet = "v20250512-df8de77b", cpu = "4"): ClusterObjects {
  const name = "kind-control-plane";
  return {
    context: "kind-kind",
    nodes: [node(name, { providerID: `kind://docker/kind/${name}`, cpu })],
    pods: [
      ...controlPlane(name),
      systemPod(name, `docker.io/kindest/kindnetd:${kindnet}`, "100m", "50Mi"),
      systemPod(name, "docker.io/kindest/local-path-provisioner:v20250214"),
    ],
    storageClasses: [
      {
        metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
        provisioner: "rancher.io/local-path",
        volumeBindingMode: "WaitForFirstConsumer",
      },
    ],
    published: {},
    withoutCertsD: [],
  };
}

/** The cluster that `minikube start --nodes N` makes, by minikube's manifests. */
export function minikube(count: number): ClusterObjects {
  const names = Array.from({ length: count }, (_, index) => (index === 0 ? "minikube" : `minikube-m0${index + 1}`));
  return {
    context: "minikube",
    nodes: names.map((name) => node(name, { labels: { "minikube.k8s.io/name": "minikube" } })),
    pods: [
      ...controlPlane("minikube"),
      ...names.map((name) => systemPod(name, "kindest/kindnetd:v20230809-80a64d96", "100m", "50Mi")),
      systemPod("minikube", "gcr.io/k8s-minikube/storage-provisioner:v5"),
    ],
    storageClasses: [
      {
        metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
        provisioner: "k8s.io/minikube-hostpath",
        volumeBindingMode: "Immediate",
      },
    ],
    published: {},
    withoutCertsD: [],
  };
}

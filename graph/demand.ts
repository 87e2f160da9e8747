import { quantity } from "./quantity";

/** CPU in cores and memory in bytes. */
export interface Amount {
  cpu: number;
  memory: number;
}

/** Pods of one kind and what each reserves. */
export interface Demand extends Amount {
  /** Name of the workload. */
  workload: string;
  /** Pods that must fit; for a `perNode` workload, on each node. */
  pods: number;
  /** Pods at the autoscaler's maximum. */
  most: number;
  /** Whether a pod runs on every node, as a DaemonSet's does. */
  perNode: boolean;
  /** Whether two of its pods may not share a node, so that one of them waits when a node is lost. */
  onePerNode: boolean;
}

/** The parts of a resource that are read here. */
export interface GraphResource {
  type: string;
  props: any;
}

/** What the cluster's own pods reserve on the workers: CoreDNS, metrics-server, and on each node the network's pod. */
export const SYSTEM_DEMAND: Demand[] = [
  { workload: "coredns", pods: 2, most: 2, perNode: false, onePerNode: false, cpu: 0.1, memory: 70 * 2 ** 20 },
  { workload: "metrics-server", pods: 1, most: 1, perNode: false, onePerNode: false, cpu: 0.1, memory: 200 * 2 ** 20 },
  { workload: "cluster network", pods: 1, most: 1, perNode: true, onePerNode: false, cpu: 0.1, memory: 64 * 2 ** 20 },
];

/** What a pod reserves: the sum of its containers, or one init container that requests more. */
export function podRequests(spec: any): Amount {
  const of = (container: any, what: keyof Amount) => quantity(container.resources?.requests?.[what] ?? 0);
  const init: any[] = spec.initContainers ?? [];
  // A sidecar is an init container that is kept running, so it counts with the others.
  const running = [...spec.containers, ...init.filter(({ restartPolicy }) => restartPolicy === "Always")];
  const amount = (what: keyof Amount) =>
    Math.max(
      running.reduce((sum, container) => sum + of(container, what), 0),
      ...init.map((container) => of(container, what)),
    );
  return { cpu: amount("cpu"), memory: amount("memory") };
}

function excludesItself(spec: any): boolean {
  const required: any[] = spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return required.some(({ topologyKey }) => topologyKey === "kubernetes.io/hostname");
}

/** What the workloads of a program's graph reserve, surge pods of rolling updates included. */
export function graphDemand(graph: readonly GraphResource[]): Demand[] {
  const named = (suffix: string) =>
    graph.filter(({ type }) => type.startsWith("kubernetes:") && type.endsWith(suffix)).map(({ props }) => props);
  const bounds = new Map(named(":HorizontalPodAutoscaler").map(({ spec }) => [spec.scaleTargetRef.name, spec]));
  const demand = (props: any, pods: number, most: number, perNode = false): Demand => ({
    workload: props.metadata.name,
    pods,
    most,
    perNode,
    onePerNode: excludesItself(props.spec.template.spec),
    ...podRequests(props.spec.template.spec),
  });
  return [
    ...named(":Deployment").map((props) => {
      const scaling = bounds.get(props.metadata.name);
      const surge =
        props.spec.strategy?.rollingUpdate?.maxSurge === 0 || props.spec.strategy?.type === "Recreate" ? 0 : 1;
      const least = scaling?.minReplicas ?? props.spec.replicas ?? 1;
      return demand(props, least + surge, (scaling?.maxReplicas ?? least) + surge);
    }),
    ...named(":StatefulSet").map((props) => demand(props, props.spec.replicas ?? 1, props.spec.replicas ?? 1)),
    // A DaemonSet with a node selector counts for two nodes, the fewest that survive a loss.
    ...named(":DaemonSet").map((props) =>
      props.spec.template.spec.nodeSelector ? demand(props, 2, 2) : demand(props, 1, 1, true),
    ),
  ];
}

/** The state of a namespace and of the cluster's nodes at one moment. */
export interface ClusterState {
  namespace: string;
  nodes: NodeState[];
  /** Pods of the namespace that are not finished. */
  pods: PodState[];
}

/** One node of the cluster. */
export interface NodeState {
  name: string;
  address: string;
  controlPlane: boolean;
  ready: boolean;
  /** Whether it is marked unschedulable, by a person or a drill. */
  cordoned: boolean;
  /** The container that is this node, where the cluster's nodes are containers. */
  container?: string;
}

/** One pod. */
export interface PodState {
  name: string;
  uid: string;
  node: string;
  address: string;
  /** Its `app.kubernetes.io/name`. */
  workload: string;
  /** Whether it is ready, as its readiness probe says. */
  ready: boolean;
}

/** The pod of this name. @throws Error where there is none */
export function podNamed(state: ClusterState, name: string): PodState {
  const pod = state.pods.find((candidate) => candidate.name === name);
  if (!pod) throw new Error(`no pod ${name} in namespace ${state.namespace}`);
  return pod;
}

/** The node of this name. @throws Error where there is none */
export function nodeNamed(state: ClusterState, name: string): NodeState {
  const node = state.nodes.find((candidate) => candidate.name === name);
  if (!node) throw new Error(`no node ${name}`);
  return node;
}

/** The first control plane node. @throws Error where the cluster shows none, as managed ones do */
export function controlPlane(state: ClusterState): NodeState {
  const node = state.nodes.find((candidate) => candidate.controlPlane);
  if (!node) throw new Error("the cluster shows no control plane node");
  return node;
}

/** Pods of one workload, in order of their names. */
export function podsOf(state: ClusterState, workload: string): PodState[] {
  return state.pods.filter((pod) => pod.workload === workload).sort((a, b) => a.name.localeCompare(b.name));
}

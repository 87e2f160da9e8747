import { CoreV1Api, KubeConfig, makeInformer, type CoreV1Event, type KubernetesListObject, type KubernetesObject, type V1Endpoints, type V1Node, type V1Pod } from "@kubernetes/client-node";
import { isReady } from "../stack/parse-state";
import type { Cluster } from "../stack/execute";
import type { Timeline } from "./timeline";

/** An API that is away is asked again after this long. */
const AGAIN_MS = 1_000;

/** Watching that is under way. */
export interface ClusterWatch {
  stop(): Promise<void>;
}

/** Ready addresses of an Endpoints object, sorted. */
export function readyAddresses(endpoints: V1Endpoints): string[] {
  return (endpoints.subsets ?? []).flatMap((subset) => (subset.addresses ?? []).map((address) => address.ip)).sort();
}

const OUT_OF_MEMORY = "OOMKilled";

/** Containers of a pod that the kernel killed for their memory between two looks at it. */
export function killedForMemory(before: V1Pod, after: V1Pod): string[] {
  // The same end is told as the present state until the container is started anew, and as the last one from then on.
  const ends = ({ status }: V1Pod) => (status?.containerStatuses ?? []).flatMap(({ name, state, lastState }) =>
    [state?.terminated, lastState?.terminated].flatMap((end) =>
      end?.reason === OUT_OF_MEMORY ? [{ name, id: end.containerID }] : []));
  const known = new Set(ends(before).map(({ id }) => id));
  return ends(after).filter(({ id }) => !known.has(id)).map(({ name }) => name);
}

/** An event in one line. */
export function describeEvent(event: CoreV1Event): string {
  const { involvedObject, reason, message } = event;
  return `${involvedObject.kind} ${involvedObject.name}: ${reason ?? ""}: ${(message ?? "").split("\n")[0]!.slice(0, 160)}`;
}

/**
 * Follows the namespace's events and pods, the Services' addresses and the nodes, and writes every change down.
 *
 * @param timeline where to
 */
export async function watchCluster(cluster: Cluster, timeline: Timeline): Promise<ClusterWatch> {
  const config = new KubeConfig();
  config.loadFromDefault();
  config.setCurrentContext(cluster.context);
  const core = config.makeApiClient(CoreV1Api);
  const { namespace } = cluster;
  const begun = Date.now();
  const stops: (() => Promise<void>)[] = [];

  async function follow<T extends KubernetesObject>(
    path: string,
    list: () => Promise<KubernetesListObject<T>>,
    changed: (after: T | undefined, before: T | undefined) => void,
  ): Promise<void> {
    const informer = makeInformer(config, path, list);
    const known = new Map<string, T>();
    let stopped = false;
    const see = (object: T): void => {
      const name = object.metadata!.name!;
      changed(object, known.get(name));
      known.set(name, object);
    };
    informer.on("add", see);
    informer.on("update", see);
    informer.on("delete", (object) => {
      changed(undefined, object);
      known.delete(object.metadata!.name!);
    });
    const start = async (): Promise<void> => {
      if (stopped) return;
      await informer.start().catch(again);
    };
    const again = (): void => void setTimeout(() => void start(), AGAIN_MS).unref();
    informer.on("error", again);
    stops.push(async () => {
      stopped = true;
      await informer.stop();
    });
    await start();
  }

  const scoped = `/api/v1/namespaces/${namespace}`;
  await Promise.all([
    follow<V1Endpoints>(`${scoped}/endpoints`, () => core.listNamespacedEndpoints({ namespace }), (after, before) => {
      const name = (after ?? before)!.metadata!.name!;
      const now = after ? readyAddresses(after) : [];
      // Patroni writes its lock into the object every second; only another address is a change.
      if (before && now.join() !== readyAddresses(before).join()) timeline.addressesChanged(name, now);
    }),
    follow<V1Pod>(`${scoped}/pods`, () => core.listNamespacedPod({ namespace }), (after, before) => {
      const name = (after ?? before)!.metadata!.name!;
      if (!after) timeline.add("pod", `${name} is gone`);
      else if (before && isReady(before) !== isReady(after)) timeline.add("pod", `${name} is ${isReady(after) ? "ready" : "not ready"}`);
      if (before && after) for (const container of killedForMemory(before, after)) timeline.killedForMemory(name, container);
    }),
    follow<V1Node>("/api/v1/nodes", () => core.listNode(), (after, before) => {
      if (!after || !before) return;
      const [was, is] = [isReady(before), isReady(after)];
      if (was !== is) timeline.add("node", `${after.metadata!.name!} is ${is ? "Ready" : "not Ready"}`);
    }),
    follow<CoreV1Event>(`${scoped}/events`, () => core.listNamespacedEvent({ namespace }), (after) => {
      const at = after && new Date(after.eventTime ?? after.lastTimestamp ?? 0).getTime();
      if (at !== undefined && at >= begun) timeline.add("event", describeEvent(after!), at);
    }),
  ]);
  return { stop: async () => void (await Promise.all(stops.map((stop) => stop()))) };
}

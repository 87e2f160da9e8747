import {
  CoreV1Api,
  KubeConfig,
  makeInformer,
  type CoreV1Event,
  type KubernetesListObject,
  type KubernetesObject,
  type V1Endpoints,
  type V1Node,
  type V1Pod,
} from "@kubernetes/client-node";
import type { Cluster } from "./kubectl";

/** Milliseconds after which a lost API is asked again. */
const AGAIN_MS = 1_000;

/** Called with every change of an object: the object now (undefined when deleted) and before (undefined when new). */
export type Changed<T> = (after: T | undefined, before: T | undefined) => void;

/** The objects that are followed: nodes of the cluster, all others of the namespace. */
export interface Followed {
  endpoints: Changed<V1Endpoints>;
  pods: Changed<V1Pod>;
  nodes: Changed<V1Node>;
  events: Changed<CoreV1Event>;
}

/** A running watch. */
export interface Watch {
  stop(): Promise<void>;
}

async function followOne<T extends KubernetesObject>(
  config: KubeConfig,
  path: string,
  list: () => Promise<KubernetesListObject<T>>,
  changed: Changed<T>,
): Promise<Watch> {
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
  await start();
  return {
    stop: async () => {
      stopped = true;
      await informer.stop();
    },
  };
}

/** Follows the changes in a namespace and of the cluster's nodes. Reconnects whenever the API is lost. */
export async function follow({ context, namespace }: Cluster, told: Followed): Promise<Watch> {
  const config = new KubeConfig();
  config.loadFromDefault();
  config.setCurrentContext(context);
  const core = config.makeApiClient(CoreV1Api);
  const scoped = `/api/v1/namespaces/${namespace}`;
  const watches = await Promise.all([
    followOne(config, `${scoped}/endpoints`, () => core.listNamespacedEndpoints({ namespace }), told.endpoints),
    followOne(config, `${scoped}/pods`, () => core.listNamespacedPod({ namespace }), told.pods),
    followOne(config, "/api/v1/nodes", () => core.listNode(), told.nodes),
    followOne(config, `${scoped}/events`, () => core.listNamespacedEvent({ namespace }), told.events),
  ]);
  return { stop: async () => void (await Promise.all(watches.map((watch) => watch.stop()))) };
}

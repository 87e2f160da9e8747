import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { z } from "zod";
import { Kubectl } from "./kubectl";
import { isReady } from "./parse-state";

/** The parts of a Deployment, StatefulSet or DaemonSet that are read. */
const workloadSchema = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string(), generation: z.number().default(0) }),
  spec: z.object({
    replicas: z.number().optional(),
    template: z.object({ spec: z.object({ containers: z.array(z.object({ name: z.string(), image: z.string() })) }) }),
  }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      replicas: z.number().default(0),
      readyReplicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      desiredNumberScheduled: z.number().optional(),
      numberReady: z.number().default(0),
      updatedNumberScheduled: z.number().default(0),
    })
    .prefault({}),
});
/** {@link workloadSchema} as a type. */
export type Workload = z.infer<typeof workloadSchema>;

/**
 * Every workload of a namespace. A workload with an autoscaler wants at least the autoscaler's minimum, even before the
 * autoscaler has acted for the first time.
 */
export async function workloads(context: string, namespace: string): Promise<Workload[]> {
  const cluster = new Kubectl({ context, namespace });
  const [items, autoscalers] = await Promise.all([
    cluster.list(["deployment", "statefulset", "daemonset"]),
    cluster.list("horizontalpodautoscaler"),
  ]);
  return items
    .map((item) => workloadSchema.parse(item))
    .map((workload) => {
      const {
        kind,
        metadata: { name },
        spec,
      } = workload;
      const owns = (target?: { kind: string; name: string }): boolean => target?.kind === kind && target.name === name;
      const owner = autoscalers.find((one) => owns(one.spec?.scaleTargetRef));
      if (!owner) return workload;
      return { ...workload, spec: { ...spec, replicas: Math.max(spec.replicas ?? 1, owner.spec?.minReplicas ?? 1) } };
    });
}

/** Pods that a workload wants and has ready, and whether all of them run the newest version. */
export function readiness(workload: Workload): { wanted: number; ready: number; settled: boolean } {
  const { status, spec, metadata } = workload;
  const daemon = status.desiredNumberScheduled !== undefined;
  const wanted = status.desiredNumberScheduled ?? spec.replicas ?? 1;
  const ready = daemon ? status.numberReady : status.readyReplicas;
  const updated = daemon ? status.updatedNumberScheduled : status.updatedReplicas;
  // The generation counts too: right after a change the numbers are still those of the old pods.
  const seen = status.observedGeneration >= metadata.generation;
  const settled = seen && ready >= wanted && updated >= wanted && (daemon || status.replicas === wanted);
  return { wanted, ready, settled };
}

/**
 * The sentence about an unfinished rollout: how many pods run the new version, and how many serve. Undefined where the
 * rollout is finished, or no pod serves.
 */
export function stillServing(workload: Workload): string | undefined {
  const { wanted, ready, settled } = readiness(workload);
  const { updatedReplicas } = workload.status;
  if (workload.kind !== "Deployment" || settled || ready === 0 || updatedReplicas >= workload.status.replicas)
    return undefined;
  return (
    `${workload.metadata.name}: the version before still serves. ${updatedReplicas} of ${wanted} pods are of the ` +
    `new one, and ${ready} of either are ready.`
  );
}

/** A pod's containers in the order of their start. */
const containersOf = ({ status }: V1Pod): V1ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
];

/** Why a pod is not ready, in a few words; undefined where it is ready, or has ended successfully. */
export function obstacle(pod: V1Pod): string | undefined {
  const { metadata, status } = pod;
  if (metadata?.deletionTimestamp) return "is ending";
  if (isReady(pod) || status?.phase === "Succeeded") return undefined;
  const unscheduled = status?.conditions?.find(({ type, status: is }) => type === "PodScheduled" && is === "False");
  if (unscheduled) return `finds no node: ${unscheduled.message ?? unscheduled.reason ?? "no reason given"}`;
  const said = lastWords(pod);
  if (said) return said;
  for (const { name, state } of containersOf(pod)) {
    const { waiting, terminated } = state ?? {};
    if (waiting?.reason && waiting.reason !== "PodInitializing") {
      return `container ${name}: ${waiting.reason} ${waiting.message ?? ""}`.trim();
    }
    if (terminated && terminated.exitCode !== 0) return `container ${name} ended with code ${terminated.exitCode}`;
  }
  const unready = status?.containerStatuses?.find((container) => !container.ready);
  return unready
    ? `container ${unready.name} is not ready yet`
    : "is not ready, though its containers were: is its node there?";
}

/** The termination message of a container that is not ready: why its program cannot run. Waiting does not help then. */
export function lastWords(pod: V1Pod): string | undefined {
  if (pod.metadata?.deletionTimestamp) return undefined;
  for (const { ready, state, lastState } of containersOf(pod)) {
    const said = (state?.terminated ?? lastState?.terminated)?.message?.trim();
    if (said && !ready) return said;
  }
  return undefined;
}

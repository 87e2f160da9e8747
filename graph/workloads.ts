import type { RegisteredResource } from "./registered";

/** Kinds that make pods. */
const KINDS = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"] as const;

/** A resource that makes pods, and the template it makes them from. */
export interface Workload {
  kind: (typeof KINDS)[number];
  name: string;
  namespace: string;
  props: any;
  /** Metadata and spec of its pods. */
  template: any;
}

/** Last part of a type token: `Deployment` of `kubernetes:apps/v1:Deployment`. */
export const kindOf = ({ type }: RegisteredResource): string => type.split(":").at(-1) ?? "";

/** Everything in a graph that makes pods. */
export function workloads(graph: RegisteredResource[]): Workload[] {
  return graph.flatMap((resource) => {
    const kind = KINDS.find((name) => name === kindOf(resource));
    if (!kind || !resource.type.startsWith("kubernetes:")) return [];
    const { props } = resource;
    const template = kind === "CronJob" ? props.spec.jobTemplate.spec.template : props.spec.template;
    return [{ kind, name: props.metadata.name, namespace: props.metadata.namespace, props, template }];
  });
}

/** All containers of a workload's pods; with `longRunning` without those that end by themselves. */
export function containers({ kind, template }: Workload, { longRunning = false } = {}): any[] {
  const init: any[] = template.spec.initContainers ?? [];
  if (!longRunning) return [...init, ...template.spec.containers];
  return kind === "Job" || kind === "CronJob"
    ? []
    : [...init.filter(({ restartPolicy }) => restartPolicy === "Always"), ...template.spec.containers];
}

/** Whether a selector's labels are all among a pod's. */
export function selects(matchLabels: Record<string, string>, labels: Record<string, string>): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}

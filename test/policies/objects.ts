import type { Resource } from "../../policy/graph/resource";
import { typeToken } from "../../policy/graph/object";

/** Namespace of everything in the examples. */
export const NAMESPACE = "shop";

/** Any part of a manifest; examples leave out what their rule does not read. */
type Part = Record<string, any>;

const GROUPS: Record<string, string> = {
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  DaemonSet: "apps/v1",
  Job: "batch/v1",
  CronJob: "batch/v1",
  NetworkPolicy: "networking.k8s.io/v1",
  Ingress: "networking.k8s.io/v1",
  PodDisruptionBudget: "policy/v1",
  HorizontalPodAutoscaler: "autoscaling/v2",
  Role: "rbac.authorization.k8s.io/v1",
  ClusterRole: "rbac.authorization.k8s.io/v1",
  RoleBinding: "rbac.authorization.k8s.io/v1",
  ClusterRoleBinding: "rbac.authorization.k8s.io/v1",
  Release: "helm.sh/v3",
};

/** An object of a kind, in the examples' namespace. */
export function object(kind: string, name: string, rest: Part = {}, apiVersion = GROUPS[kind] ?? "v1"): Resource {
  const { metadata, ...body } = rest;
  return {
    type: typeToken(apiVersion, kind),
    name,
    urn: `urn:example::${kind}::${name}`,
    props: { metadata: { name, namespace: NAMESPACE, ...metadata }, ...body },
  };
}

/**
 * A workload of one container, whose pods have the label `app: <name>`.
 *
 * @param parts `pod`: of the pod's spec; `container`: of its only container; `template`: metadata of its pods; `spec`:
 * of the object
 */
export function workload(
  kind: string,
  name: string,
  {
    pod = {},
    container = {},
    template = {},
    spec = {},
  }: Record<"pod" | "container" | "template" | "spec", Part> | Part = {},
): Resource {
  const podTemplate = {
    metadata: { ...template, labels: { app: name, ...template.labels } },
    spec: { ...pod, containers: [{ name, image: "example.org/image:1.0", ...container }, ...(pod.containers ?? [])] },
  };
  if (kind === "CronJob")
    return object(kind, name, { spec: { ...spec, jobTemplate: { spec: { ...spec.jobSpec, template: podTemplate } } } });
  return object(kind, name, { spec: { selector: { matchLabels: { app: name } }, template: podTemplate, ...spec } });
}

export const deployment = (name: string, parts: Part = {}): Resource => workload("Deployment", name, parts);
/** A Deployment `web` with these parts of its only container. */
export const container = (parts: Part): Resource => deployment("web", { container: parts });
/** A Deployment `web` with these parts of its pods. */
export const pod = (parts: Part): Resource => deployment("web", { pod: parts });
export const statefulSet = (name: string, parts: Part = {}): Resource => workload("StatefulSet", name, parts);

/** A Service over the pods with the label `app: <target>`, on one port. */
export function service(name: string, port: number, spec: Part = {}, target = name): Resource {
  return object("Service", name, { spec: { selector: { app: target }, ports: [{ port }], ...spec } });
}

export const configMap = (name: string, data: Record<string, unknown>): Resource => object("ConfigMap", name, { data });
export const namespace = (labels: Record<string, string> = {}, name = NAMESPACE): Resource =>
  object("Namespace", name, { metadata: { namespace: undefined, labels } });

/** A NetworkPolicy over the pods with the label `app: <target>`. */
export function networkPolicy(target: string, spec: Part, annotations: Record<string, string> = {}): Resource {
  return object("NetworkPolicy", target, {
    metadata: { annotations },
    spec: { podSelector: { matchLabels: { app: target } }, policyTypes: ["Ingress", "Egress"], ...spec },
  });
}

/** A peer of a NetworkPolicy: the pods with the label `app: <name>` of the same namespace. */
export const peer = (name: string): Part => ({ podSelector: { matchLabels: { app: name } } });

/** A disruption budget over the pods with the label `app: <target>`. */
export function budget(target: string, spec: Part = { maxUnavailable: 1 }, name = target): Resource {
  return object("PodDisruptionBudget", name, { spec: { selector: { matchLabels: { app: target } }, ...spec } });
}

/** An autoscaler of a Deployment on CPU use. */
export function autoscaler(target: string, spec: Part = {}, annotations?: Record<string, string>): Resource {
  return object("HorizontalPodAutoscaler", target, {
    ...(annotations && { metadata: { annotations } }),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: target },
      minReplicas: 2,
      maxReplicas: 4,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
      ],
      ...spec,
    },
  });
}

/** A pod's volume and mount of a ConfigMap, as parts of a workload. */
export const mounting = (name: string): Part => ({ pod: { volumes: [{ name: "config", configMap: { name } }] } });

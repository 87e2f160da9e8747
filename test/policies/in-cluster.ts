import { kubeObject } from "../../policy/graph/object";
import type { Resource } from "../../policy/graph/resource";
import { workloadsOf } from "../../policy/graph/workload";

type Part = Record<string, any>;

/** Kinds whose pods a controller makes by way of another object, and that object's kind. */
const BETWEEN: Record<string, [apiVersion: string, kind: string]> = {
  Deployment: ["apps/v1", "ReplicaSet"],
  CronJob: ["batch/v1", "Job"],
};
const HASH = "5d9c7b6f4";

const identified = (object: Part): Part => ({
  ...object,
  metadata: {
    ...object.metadata,
    uid: `${object.kind}/${object.metadata.namespace}/${object.metadata.name}`,
    resourceVersion: "4711",
    creationTimestamp: "2026-12-01T00:00:00Z",
  },
  status: {},
});

/** An object that a controller makes from another. */
function made(owner: Part, apiVersion: string, kind: string, rest: Part): Part {
  const { kind: ownerKind, apiVersion: ownerVersion, metadata } = owner;
  const reference = { apiVersion: ownerVersion, kind: ownerKind, name: metadata.name, uid: metadata.uid };
  const name = `${metadata.name}-${HASH}`;
  return identified({
    apiVersion,
    kind,
    ...rest,
    metadata: {
      ...rest.metadata,
      labels: { ...rest.metadata?.labels, "pod-template-hash": HASH },
      name,
      namespace: metadata.namespace,
      ownerReferences: [{ ...reference, controller: true, blockOwnerDeletion: true }],
    },
  });
}

/** What the controllers make of a workload: what stands between, and a pod with the token that admission mounts. */
function makings(workload: Part, template: Part): Part[] {
  const [version, kind] = BETWEEN[workload.kind] ?? [];
  const between = version && kind ? made(workload, version, kind, { spec: { replicas: 1, template } }) : undefined;
  const token = { name: "kube-api-access-x7k", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } };
  const spec = { ...template.spec, nodeName: "node-1", volumes: [...(template.spec.volumes ?? []), token] };
  const pod = made(between ?? workload, "v1", "Pod", { metadata: template.metadata, spec });
  return between ? [between, pod] : [pod];
}

/**
 * What a cluster shows of declared objects, as `kubectl get -o json` prints it: each with its identity, workloads with a
 * number of pods, and beside them what controllers make.
 */
export function inCluster(resources: Resource[]): string {
  const items = resources.flatMap((resource): Part[] => {
    const object = kubeObject(resource);
    if (!object) return [];
    const shown = identified({ ...resource.props, apiVersion: object.apiVersion, kind: object.kind } as Part);
    const [workload] = workloadsOf(object);
    if (!workload) return [shown];
    if (workload.replicated) shown.spec = { replicas: 3, ...shown.spec };
    return [shown, ...makings(shown, workload.template as Part)];
  });
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: "holdfast" } };
  const root = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "kube-root-ca.crt", namespace: "holdfast" },
    data: {},
  };
  return JSON.stringify(
    { apiVersion: "v1", kind: "List", items: [...items, identified(account), identified(root)] },
    null,
    1,
  );
}

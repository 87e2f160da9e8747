import type { KubeObject } from "./object";
import { ifKnown } from "./resource";
import type { Metadata } from "./types";
import { workloadsOf } from "./workload";

const TEMPLATE_HASH = "pod-template-hash";

/** Whether the API server gave an object its identity: it was read from a cluster, and is no declaration. */
export function isObserved({ resource }: KubeObject): boolean {
  const { metadata } = resource.props as { metadata?: Metadata | null };
  return typeof metadata?.uid === "string";
}

/** Whether a controller made an object from another one that is here too, and is judged itself. */
function isMade(object: KubeObject, makers: KubeObject[]): boolean {
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (!owner) return false;
  const hash = object.labels[TEMPLATE_HASH];
  return makers.some((maker) => {
    if (maker.namespace !== object.namespace) return false;
    if (maker.metadata.uid === owner.uid) return true;
    // Between a pod and its Deployment stands a ReplicaSet, which a list of some kinds leaves out.
    return maker.kind === "Deployment" && owner.kind === "ReplicaSet" && `${maker.name}-${hash}` === owner.name;
  });
}

/**
 * Objects without the pods, ReplicaSets and Jobs that a controller makes from others of them: what `kubectl get` shows
 * beside a Deployment is that Deployment once more. Only what a cluster has answered counts as made; a file that claims
 * an owner is judged like any other.
 */
export function declaredOnly(objects: KubeObject[]): KubeObject[] {
  const observed = objects.filter((object) => isObserved(object) && workloadsOf(object).length > 0);
  if (observed.length < 2) return objects;
  const made = new Set(observed.filter((object) => ifKnown(() => isMade(object, observed))));
  return objects.filter((object) => !made.has(object));
}

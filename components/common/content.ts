import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { requireFreshNames } from "./autonaming";
import type { Labels } from "./labels";

/** A ConfigMap or Secret to declare: where, and what it says. `stringData` makes it a Secret, `data` a ConfigMap. */
export type Content = { namespace: pulumi.Input<string>; labels: Labels; annotations?: Record<string, string> } & (
  | { data: pulumi.Input<Record<string, pulumi.Input<string>>> }
  | { stringData: pulumi.Input<Record<string, pulumi.Input<string>>>; type?: "Opaque" }
);

/** An object that pods name in plain text, and what a workload gives as `dependsOn` so that it is there first. */
export interface Live {
  name: string;
  made: pulumi.Resource;
}

/**
 * A ConfigMap or Secret that pods read when they start. It never changes: for another content Pulumi makes one under a
 * name of its own, the workloads that name it roll over to that, and the old one goes last. So no provider setting can
 * have it deleted first, and its readers with it; and a pod of the version before still finds what it was made for.
 *
 * The name is random, not a digest: after an update that failed halfway, going back to the content before would make an
 * object of the name that the engine is still to delete.
 *
 * @param name the resource's, and what the object's name begins with
 * @returns the object's name; a change of it is what rolls the readers
 * @throws Error where `pulumi:autonaming` gives names that are not new each time
 */
export function readAtStart(name: string, content: Content, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  requireFreshNames();
  const { namespace, labels, annotations, ...said } = content;
  const metadata = { namespace, labels, ...(annotations && { annotations }) };
  return declare(name, { metadata, immutable: true, ...said }, opts).metadata.name;
}

/**
 * A ConfigMap or Secret of a fixed name, for what running pods follow, so that a change rolls nobody. A provider
 * without `enableConfigMapMutable` deletes it and makes it anew, within a second, and would have everything deleted
 * that was computed from it; so its name is plain text. A mounted file stays as it is meanwhile, and a pod that starts
 * in that second waits for it.
 */
export function readLive(name: string, content: Content, opts: pulumi.CustomResourceOptions): Live {
  const { namespace, labels, annotations, ...said } = content;
  const metadata = { name, namespace, labels, ...(annotations && { annotations }) };
  return { name, made: declare(name, { metadata, ...said }, opts) };
}

type Args = k8s.core.v1.ConfigMapArgs | k8s.core.v1.SecretArgs;
type Declared = k8s.core.v1.ConfigMap | k8s.core.v1.Secret;

const isSecret = (args: Args): args is k8s.core.v1.SecretArgs => "stringData" in args;

function declare(name: string, args: Args, opts: pulumi.CustomResourceOptions): Declared {
  return isSecret(args) ? new k8s.core.v1.Secret(name, args, opts) : new k8s.core.v1.ConfigMap(name, args, opts);
}

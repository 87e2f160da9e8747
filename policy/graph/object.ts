import { fullKind } from "./groups";
import type { Path } from "./path";
import { guardedProps, type Resource } from "./resource";
import { type Misshapen, shaped } from "./shape";
import type { Metadata } from "./types";

/** Kinds that live in no namespace; everything else without one lands in the caller's default. */
const CLUSTER_SCOPED = new Set([
  "Namespace",
  "Node",
  "PersistentVolume",
  "ClusterRole",
  "ClusterRoleBinding",
  "StorageClass",
  "PriorityClass",
  "IngressClass",
  "CustomResourceDefinition",
  "APIService",
  "ValidatingWebhookConfiguration",
  "MutatingWebhookConfiguration",
  "CSIDriver",
  "RuntimeClass",
]);

/** The namespace that an object without one lands in, unless a kubeconfig or a provider says otherwise. */
export const DEFAULT_NAMESPACE = "default";

/** One Kubernetes object of the graph. Reading a property that is not known yet throws `Undecided`. */
export class KubeObject {
  /** Kind, for example `Deployment`; one that is not the API's own has its group behind it: `Rollout.argoproj.io`. */
  readonly kind: string;
  /** API group and version, for example `apps/v1`, or `v1` for the core group. */
  readonly apiVersion: string;
  /** Fields of another type than the API's; rules see them as not set. */
  readonly misshapen: readonly Misshapen[];
  /** Where an object of somebody else's kind has pod templates. */
  readonly foreignTemplates: readonly Path[];
  private readonly props: Record<string, unknown>;

  constructor(
    readonly resource: Resource,
    apiVersion: string,
    kind: string,
  ) {
    this.kind = fullKind(apiVersion, kind);
    this.apiVersion = apiVersion;
    const { props, misshapen, templates } = shaped(apiVersion, kind, resource.props);
    this.misshapen = misshapen;
    this.foreignTemplates = templates;
    this.props = guardedProps(resource, props);
  }

  /** `metadata`, empty if there is none. */
  get metadata(): Metadata {
    return (this.props.metadata as Metadata | undefined) ?? {};
  }

  /** `metadata.name`; empty while Pulumi, or for a `generateName` the API, has yet to choose one. */
  get name(): string {
    return this.metadata.name ?? "";
  }

  /** The namespace it goes into; empty for a cluster-scoped kind. */
  get namespace(): string {
    return CLUSTER_SCOPED.has(this.kind) ? "" : (this.metadata.namespace ?? DEFAULT_NAMESPACE);
  }

  /** Whether a namespace is written down; without one the object goes wherever the caller happens to point. */
  get namesItsNamespace(): boolean {
    return CLUSTER_SCOPED.has(this.kind) || this.metadata.namespace !== undefined;
  }

  /** Labels of the object itself (not of its pods). */
  get labels(): Record<string, string> {
    return this.metadata.labels ?? {};
  }

  /** A top-level field such as `spec`, `data`, `rules`; the type is the caller's claim. */
  field<T>(key: string): T | undefined {
    return this.props[key] as T | undefined;
  }

  /** `spec`, empty if there is none; the type is the caller's claim. */
  spec<T>(): T {
    const { spec } = this.props;
    return (typeof spec === "object" && spec !== null ? spec : {}) as T;
  }

  /** What stands at a place; undefined where there is none. The type is the caller's claim. */
  at<T>(path: Path): T | undefined {
    return path.reduce<any>((value, key) => value?.[key], this.props) as T | undefined;
  }
}

/**
 * The Kubernetes object that a resource declares; undefined for a component, a provider or another cloud's resource.
 */
export function kubeObject(resource: Resource): KubeObject | undefined {
  const match = /^kubernetes:(?:([^:/]+)\/)?([^:/]+):(\w+)$/.exec(resource.type);
  if (!match) return undefined;
  const [, group, version, kind] = match as unknown as [string, string | undefined, string, string];
  return new KubeObject(resource, group === undefined || group === "core" ? version : `${group}/${version}`, kind);
}

/** Pulumi's type token of a manifest's `apiVersion` and `kind`, for example `kubernetes:apps/v1:Deployment`. */
export function typeToken(apiVersion: string, kind: string): string {
  return `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
}

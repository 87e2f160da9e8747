import { type KubeObject, kubeObject } from "./object";
import { declaredOnly } from "./owned";
import type { Resource } from "./resource";
import { selects } from "./selector";
import type { LabelSelector } from "./types";
import { type Workload, workloadsOf } from "./workload";

/** Everything that a program or a set of manifests declares, as rules look at it. */
export class Graph {
  /** All Kubernetes objects, in order of declaration, without what a controller makes from another of them. */
  readonly objects: KubeObject[];
  /** Those that make pods. */
  readonly workloads: Workload[];
  private readonly byUrn: Map<string, Resource>;

  constructor(readonly resources: Resource[]) {
    this.objects = declaredOnly(resources.map(kubeObject).filter((object) => object !== undefined));
    this.workloads = this.objects.flatMap(workloadsOf);
    this.byUrn = new Map(resources.flatMap((resource) => (resource.urn ? [[resource.urn, resource] as const] : [])));
  }

  /** Kinds that are not the API's own and have no pod template: what they make, no rule knows. */
  get unknownKinds(): string[] {
    const making = new Set(this.workloads.map(({ object }) => object));
    const unknown = this.objects.filter((object) => object.kind.includes(".") && !making.has(object));
    return [...new Set(unknown.map(({ kind }) => kind))].sort();
  }

  /** Objects of one kind. */
  ofKind(kind: string): KubeObject[] {
    return this.objects.filter((object) => object.kind === kind);
  }

  /** The object of that kind, namespace and name, if it is declared here. */
  find(kind: string, namespace: string, name: string): KubeObject | undefined {
    if (name === "") return undefined;
    return this.ofKind(kind).find((object) => object.name === name && object.namespace === namespace);
  }

  /** Workloads whose pods a selector picks in a namespace. */
  selected(selector: LabelSelector | undefined, namespace: string): Workload[] {
    return this.workloads.filter(
      (candidate) => candidate.namespace === namespace && selects(selector, candidate.podLabels),
    );
  }

  /** Resources that a top-level property was computed from, as the engine recorded it. */
  dependencies(resource: Resource, property: string): Resource[] {
    return (resource.dependencies?.[property] ?? []).flatMap((urn) => this.byUrn.get(urn) ?? []);
  }
}

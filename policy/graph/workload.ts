import type { KubeObject } from "./object";
import { type Path, pathText } from "./path";
import type { ContainerSpec, LabelSelector, PodSpec, PodTemplate } from "./types";

/** Where each of the API's kinds keeps its pod template; the empty path means that the object is the pod. */
const TEMPLATE_PATHS = new Map<string, Path>([
  ["Deployment", ["spec", "template"]],
  ["StatefulSet", ["spec", "template"]],
  ["DaemonSet", ["spec", "template"]],
  ["ReplicaSet", ["spec", "template"]],
  ["ReplicationController", ["spec", "template"]],
  ["Job", ["spec", "template"]],
  ["CronJob", ["spec", "jobTemplate", "spec", "template"]],
  ["PodTemplate", ["template"]],
  ["Pod", []],
]);
const REPLICATED = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"];
const ENDING = ["Job", "CronJob"];

/** What a container is there for: the pod's work, its preparation, or something beside it that runs as long. */
type ContainerRole = "main" | "init" | "sidecar";

/** A container and where it stands. */
export interface Container {
  spec: ContainerSpec;
  /** Property path from the object's root, for example `spec.template.spec.containers[0]`. */
  path: string;
  role: ContainerRole;
}

/** An object that makes pods, seen through its pod template. */
export class Workload {
  /** Property path of the pod's spec. */
  readonly podPath: string;

  /**
   * @param path of its pod template
   * @param foreign whether the object is of somebody else's kind
   */
  constructor(
    readonly object: KubeObject,
    private readonly path: Path,
    private readonly foreign: boolean,
  ) {
    this.podPath = pathText([...path, "spec"]);
  }

  get kind(): string {
    return this.object.kind;
  }

  get namespace(): string {
    return this.object.namespace;
  }

  /** Whether its pods are meant to run until they are replaced. Of somebody else's kind the pods say so themselves. */
  get longRunning(): boolean {
    if (!this.foreign) return !ENDING.includes(this.kind);
    return (this.podSpec.restartPolicy ?? "Always") === "Always";
  }

  /** Whether it holds several equal pods whose number somebody chooses. */
  get replicated(): boolean {
    return this.foreign ? "replicas" in this.object.spec<object>() : REPLICATED.includes(this.kind);
  }

  /** What picks its pods; undefined where the object says nothing that is understood. */
  get selector(): LabelSelector | undefined {
    if (this.foreign) return undefined;
    const { selector } = this.object.spec<{ selector?: LabelSelector }>();
    // The oldest of the kinds has labels where the others have a selector.
    return this.kind === "ReplicationController" && selector
      ? { matchLabels: selector as Record<string, string> }
      : selector;
  }

  /** Labels and annotations of its pods, and their spec. */
  get template(): PodTemplate {
    return this.object.at<PodTemplate>(this.path) ?? {};
  }

  get podSpec(): PodSpec {
    return this.template.spec ?? {};
  }

  get podLabels(): Record<string, string> {
    return this.template.metadata?.labels ?? {};
  }

  /** Every container but the ephemeral ones, which nobody declares. */
  containers(): Container[] {
    const list = (key: "containers" | "initContainers", role: (spec: ContainerSpec) => ContainerRole): Container[] =>
      (this.podSpec[key] ?? []).map((spec, index) => ({
        spec,
        path: `${this.podPath}.${key}[${index}]`,
        role: role(spec),
      }));
    return [
      ...list("initContainers", (spec) => (spec.restartPolicy === "Always" ? "sidecar" : "init")),
      ...list("containers", () => "main"),
    ];
  }
}

/** The workloads that an object is: none, one, or of somebody else's kind one for each of its pod templates. */
export function workloadsOf(object: KubeObject): Workload[] {
  const path = TEMPLATE_PATHS.get(object.kind);
  if (path) return [new Workload(object, path, false)];
  return object.foreignTemplates.map((found) => new Workload(object, found, true));
}

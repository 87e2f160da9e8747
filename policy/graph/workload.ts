import type { KubeObject } from "./object";
import type { ContainerSpec, PodSpec, PodTemplate } from "./types";

/** Where each kind keeps its pod template; the empty path means that the object is the pod. */
const TEMPLATE_PATHS: Record<string, string> = {
  Deployment: "spec.template",
  StatefulSet: "spec.template",
  DaemonSet: "spec.template",
  ReplicaSet: "spec.template",
  ReplicationController: "spec.template",
  Job: "spec.template",
  CronJob: "spec.jobTemplate.spec.template",
  Pod: "",
};

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

  constructor(readonly object: KubeObject) {
    const path = TEMPLATE_PATHS[object.kind]!;
    this.podPath = path === "" ? "spec" : `${path}.spec`;
  }

  get kind(): string {
    return this.object.kind;
  }

  get namespace(): string {
    return this.object.namespace;
  }

  /** Whether its pods are meant to run until they are replaced. */
  get longRunning(): boolean {
    return this.kind !== "Job" && this.kind !== "CronJob";
  }

  /** Whether it holds several equal pods whose number somebody chooses. */
  get replicated(): boolean {
    return ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"].includes(this.kind);
  }

  /** Labels and annotations of its pods, and their spec. */
  get template(): PodTemplate {
    if (this.kind === "Pod") return { metadata: this.object.metadata, spec: this.object.spec<PodSpec>() };
    if (this.kind === "CronJob") {
      return (
        this.object.spec<{ jobTemplate?: { spec?: { template?: PodTemplate } } }>().jobTemplate?.spec?.template ?? {}
      );
    }
    return this.object.spec<{ template?: PodTemplate }>().template ?? {};
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

/** The workload that an object is; undefined for any other kind. */
export function workload(object: KubeObject): Workload | undefined {
  return object.kind in TEMPLATE_PATHS ? new Workload(object) : undefined;
}

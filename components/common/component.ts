import * as pulumi from "@pulumi/pulumi";
import type { OutsideEdge } from "./outside";

/** Arguments every component has. The provider comes through the resource options and is always explicit. */
export interface ComponentArgs {
  /** Namespace that everything namespaced goes into. */
  namespace: pulumi.Input<string>;
  /**
   * Services outside of the cluster that its pods may call (Postgres: the members, Redis: the data pods, Monitoring:
   * Prometheus), each by name: a payment provider, the source of a logical replication.
   * @default none but those that other arguments name, such as a webhook
   */
  outside?: OutsideEdge[];
}

/**
 * The one escape hatch: a function that receives a child's finished arguments and returns those to use.
 * Each component lists its children by name in a `transform` argument.
 */
export type Transform<T> = (args: T) => T;

/** Applies a child's transform, if there is one. */
export const transformed = <T>(transform: Transform<T> | undefined, args: T): T => (transform ? transform(args) : args);

/**
 * Resources of a component that stand together under a name of their own, in the stack's state and in a preview. The
 * function that declares them says when they are complete.
 */
export class Part extends pulumi.ComponentResource {
  constructor(kind: string, name: string, parent: pulumi.Resource) {
    super(`holdfast:index:${kind}`, name, {}, { parent });
  }

  /** All of its resources are declared. */
  complete(outputs: pulumi.Inputs = {}): void {
    this.registerOutputs(outputs);
  }
}

import { OWNER_ANNOTATION } from "../../components/common/ownership";
import type { Step } from "./data-loss";

/** Annotation with which a person gives a namespace and all its contents to a stack. */
const GIVEN_ANNOTATION = "holdfast.dev/given-to";

/** A namespace that a plan creates. All other objects of a stack are in such a namespace, or are named after one. */
export interface Wanted {
  namespace: string;
  /** The stack that creates it, as in the annotation of its objects. */
  owner: string;
}

type Annotations = Record<string, string>;

/** The namespaces that a plan creates. */
export function namespacesMade(steps: readonly Step[]): Wanted[] {
  const creations = steps.filter(({ op }) => op === "create" || op === "create-replacement");
  const wanted = creations
    .filter(({ type }) => type === "kubernetes:core/v1:Namespace")
    .flatMap(({ made }) => {
      const { name, annotations } = (made?.["metadata"] ?? {}) as { name?: string; annotations?: Annotations };
      return typeof name === "string" ? [{ namespace: name, owner: annotations?.[OWNER_ANNOTATION] ?? "" }] : [];
    });
  return [...new Map(wanted.map((one) => [one.namespace, one])).values()];
}

/**
 * Why a stack must not create a namespace: it exists already, and the stack's state does not know it. Server-side apply
 * would take it over silently, and `down` would delete it with everything in it. Pure.
 *
 * @param found the namespace as `kubectl get -o json` prints it; empty where it does not exist, undefined where the
 *   cluster does not tell
 * @returns undefined where the stack may create it, or the cluster does not tell
 */
export function refusal({ namespace, owner }: Wanted, context: string, found: string | undefined): string | undefined {
  if (found === undefined || found.trim() === "") return undefined;
  const { metadata = {} } = JSON.parse(found) as {
    metadata?: { annotations?: Annotations; deletionTimestamp?: string };
  };
  if (metadata.deletionTimestamp) {
    return (
      `The namespace ${namespace} of ${context} is still being deleted: wait until it is gone, then run this ` +
      "again."
    );
  }
  if (metadata.annotations?.[GIVEN_ANNOTATION] === owner) return undefined;
  const whose = metadata.annotations?.[OWNER_ANNOTATION] ?? "nobody's by name";
  return (
    `The namespace ${namespace} is on ${context} already (${whose}), and the state of this stack does not know it: ` +
    "it is somebody else's, or the state was lost. Nothing was changed. Take another name (`namespace`). If this " +
    "stack may change and delete everything in it, type:\n" +
    `kubectl --context ${context} annotate namespace ${namespace} ${GIVEN_ANNOTATION}=${owner}`
  );
}

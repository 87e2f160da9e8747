import { OWNER_ANNOTATION } from "../../components/common/ownership";
import type { Step } from "./data-loss";

/** Annotation by which a person gives a namespace, with all that is in it, to a stack. */
const GIVEN_ANNOTATION = "holdfast.dev/given-to";

/** A namespace that a plan makes. Everything else of a stack is inside of one, or called after one. */
export interface Wanted {
  namespace: string;
  /** The stack that makes it, as its objects name it. */
  owner: string;
}

type Annotations = Record<string, string>;

/** The namespaces that a plan makes. */
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
 * Why a stack must not make a namespace: it is there, and the stack's state does not know it. Server-side apply would
 * take it over without a word, and `down` would delete it with everything in it. Pure.
 *
 * @param found the namespace as `kubectl get -o json` prints it; empty where it is not there, undefined where that
 *   can't be seen, and then nothing is said
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
    "it is somebody else's, or the state was lost. Nothing was changed. Take another name (`namespace`); or, if " +
    "all that " +
    "is in it is for this stack to change and to delete, say so:\n" +
    `kubectl --context ${context} annotate namespace ${namespace} ${GIVEN_ANNOTATION}=${owner}`
  );
}

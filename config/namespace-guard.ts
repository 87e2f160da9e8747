import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Annotation by which a person gives a namespace, with all that is in it, to a stack. */
export const GIVEN_ANNOTATION = "holdfast.dev/given-to";

/** A namespace that a stack is about to make. */
export interface Wanted {
  context: string;
  namespace: string;
  /** The stack, as its objects name it. */
  owner: string;
}

/** Seconds that a cluster has to answer. */
const ANSWER_SECONDS = 5;

/**
 * Why a stack must not make a namespace: it is there, and the stack's state does not know it. Server-side apply would take
 * it over without a word, and `down` would delete it with everything in it. Pure.
 *
 * @param found the namespace as `kubectl get -o json` prints it; empty where it is not there
 */
export function refusal({ context, namespace, owner }: Wanted, found: string): string | undefined {
  if (found.trim() === "") return undefined;
  const { metadata = {} } = JSON.parse(found) as { metadata?: { annotations?: Record<string, string>; deletionTimestamp?: string } };
  if (metadata.deletionTimestamp) return `The namespace ${namespace} of ${context} is still being deleted: wait until it is gone, then run this again.`;
  if (metadata.annotations?.[GIVEN_ANNOTATION] === owner) return undefined;
  return `The namespace ${namespace} is on ${context} already, and the state of this stack does not know it: it is somebody else's, or the state was lost. `
    + `Take another: pulumi config set namespace NAME. Or, if all that is in it is for this stack to change and to delete: `
    + `kubectl --context ${context} annotate namespace ${namespace} ${GIVEN_ANNOTATION}=${owner}`;
}

/**
 * Looks whether a namespace can be made.
 *
 * @param preview whether nothing will be made now, so that a cluster that does not answer is no obstacle
 * @throws Error with what to type, where it is there already, or where that can't be seen
 */
export async function demandFree(wanted: Wanted, preview: boolean): Promise<void> {
  const { context, namespace } = wanted;
  const ask = ["--context", context, `--request-timeout=${ANSWER_SECONDS}s`, "get", "namespace", namespace, "--ignore-not-found", "-o", "json"];
  const found = await promisify(execFile)("kubectl", ask).then(({ stdout }) => stdout, (error: Error) => error);
  if (found instanceof Error) {
    if (preview) return;
    throw new Error(`Whether the namespace ${namespace} is on ${context} already can't be seen, so it is not made: ${found.message.trim().split("\n").at(-1)}`);
  }
  const sentence = refusal(wanted, found);
  if (sentence !== undefined) throw new Error(sentence);
}

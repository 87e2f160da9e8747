import type { V1Node } from "@kubernetes/client-node";
import { Kubectl, reasonOf, type Cluster } from "../../cluster/kubectl";
import { clusterKind } from "../../cluster/parse-state";
import { Refusal } from "../../config/refusal";
import type { Drill } from "../drill";
import { LOOK } from "./read-state";
import type { Serves } from "./shop";
import { whatIsMissing, type StackState } from "./state";

/** Context names that local clusters have; kind prefixes its own, minikube's default profile is called so. */
const LOCAL_CONTEXT = /^(kind-.+|minikube.*)$/;

/**
 * Refuses a context that is not a local cluster's, before anything is asked of it.
 *
 * @param iKnow the user named it and said that they know what they do
 * @throws Refusal
 */
export function checkContext(context: string, iKnow: boolean): void {
  if (LOCAL_CONTEXT.test(context) || iKnow) return;
  throw new Refusal(
    `Drills break things on purpose, and context "${context}" is neither kind nor minikube; if you mean it, say ` +
      `--context ${context} --i-know.`,
  );
}

/**
 * Refuses a cluster whose nodes do not belong to kind or minikube, whatever its context is called.
 *
 * @throws Refusal
 */
export function checkNodes(context: string, nodes: V1Node[], iKnow: boolean): void {
  const foreign = nodes.find((node) => clusterKind(node) === "other");
  if (!foreign || iKnow) return;
  throw new Refusal(
    `Node ${foreign.metadata?.name} of context "${context}" belongs to neither kind nor minikube, whatever the ` +
      `context is called; if you mean it, say --context ${context} --i-know.`,
  );
}

/** Asks the cluster for its nodes, once. @throws Refusal where there is no such cluster or it does not answer */
export async function askForNodes(cluster: Cluster, signal: AbortSignal): Promise<V1Node[]> {
  try {
    return await new Kubectl(cluster, { ...LOOK, signal }).list("node");
  } catch (error) {
    signal.throwIfAborted();
    throw new Refusal(
      `The cluster of context "${cluster.context}" cannot be reached (${reasonOf(error)}); bring it up with ` +
        `\`npm run up\`, or name another one with --context.`,
    );
  }
}

/**
 * Refuses a stack that carries another program: the load and the checker know the shop only.
 *
 * @throws Refusal
 */
export function checkShop(serves: Serves): void {
  if (serves.what !== "another program") return;
  throw new Refusal(
    `The stack serves no shop: ${serves.clause}; drills put their load on the shop of this repository ` +
      `(\`app/\`), so the keys \`url\` and \`webAppImage\` have to name it.`,
  );
}

/** @throws Refusal where the stack is not whole; a drill on a wounded stack would measure the wound */
export function checkWhole(state: StackState, serves: Serves): void {
  const missing = [...whatIsMissing(state), ...(serves.what === "nothing" ? [serves.clause] : [])];
  if (missing.length === 0) return;
  throw new Refusal(
    `The stack is not whole (${missing.join("; ")}), so no drill was begun; \`npm run status\` shows it, \`npm ` +
      `run up\` mends it.`,
  );
}

/** @throws Refusal where the drill cannot be run on this stack */
export function checkDrill(drill: Drill, state: StackState): void {
  if (drill.needsNodeContainers && state.nodes.some((node) => node.container === undefined)) {
    throw new Refusal(
      `Drill ${drill.name} acts on the containers that are the nodes, and these nodes are none; run it on a kind ` +
        "cluster.",
    );
  }
  const reason = drill.guard?.(state);
  if (reason !== undefined) throw new Refusal(`Drill ${drill.name} was not begun, because ${reason}.`);
}

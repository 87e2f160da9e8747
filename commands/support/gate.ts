import { Kubectl } from "../../cluster/kubectl";
import { namespacesMade, refusal as adopts } from "./adoption";
import { destroysData, namespacesGoing, refusal as destroys, type Step } from "./data-loss";
import { portsWanted, refusal as collides } from "./node-ports";

/** What of a cluster decides whether a plan may be applied to it. */
export interface Sight {
  context: string;
  /**
   * A namespace as `kubectl get -o json` prints it; empty where it is not there, undefined where that can't be seen.
   */
  namespace: (name: string) => Promise<string | undefined>;
  /** Whether a namespace holds claims; where that can't be seen, it does. */
  holdsClaims: (namespace: string) => Promise<boolean>;
  /** Every Service as `kubectl get -o json` prints them; undefined where they can't be seen. */
  services: () => Promise<string | undefined>;
}

/** The cluster behind a context of the kubeconfig. */
export function sightOf(context: string): Sight {
  const cluster = new Kubectl({ context });
  return {
    context,
    namespace: (name) => cluster.ask("get", "namespace", name, "--ignore-not-found", "-o", "json"),
    holdsClaims: async (namespace) =>
      (await new Kubectl({ context, namespace }).ask("get", "persistentvolumeclaims", "-o", "name"))?.trim() !== "",
    services: () => cluster.ask("get", "services", "--all-namespaces", "-o", "json"),
  };
}

/**
 * Why a plan is not applied, with what to type; undefined where nothing speaks against it. What would be destroyed
 * comes first; then what is there already and would be taken over, or is in the way.
 *
 * @param named what a person has said may be destroyed
 */
export async function objection(
  steps: readonly Step[],
  named: readonly string[],
  sight: Sight,
): Promise<string | undefined> {
  const empty: string[] = [];
  for (const namespace of namespacesGoing(steps)) if (!(await sight.holdsClaims(namespace))) empty.push(namespace);
  const loss = destroys(destroysData(steps, empty), named);
  if (loss !== undefined) return loss;
  for (const wanted of namespacesMade(steps)) {
    const sentence = adopts(wanted, sight.context, await sight.namespace(wanted.namespace));
    if (sentence !== undefined) return sentence;
  }
  const ports = portsWanted(steps);
  return ports.length === 0 ? undefined : collides(ports, sight.context, await sight.services());
}

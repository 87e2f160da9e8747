import { Kubectl } from "../../cluster/kubectl";
import { namespacesMade, refusal as adopts } from "./adoption";
import { destroysData, namespacesGoing, refusal as destroys, type Step } from "./data-loss";
import { portsWanted, refusal as collides } from "./node-ports";

/** The questions to a cluster that decide whether a plan may be applied to it. */
export interface Sight {
  context: string;
  /** A namespace as `kubectl get -o json` prints it; empty where it does not exist, undefined without an answer. */
  namespace: (name: string) => Promise<string | undefined>;
  /** Whether a namespace holds claims; true without an answer. */
  holdsClaims: (namespace: string) => Promise<boolean>;
  /** All Services as `kubectl get -o json` prints them; undefined without an answer. */
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
 * Why a plan is not applied, with what to type; undefined where it may be applied. Checks first for destroyed data,
 * then for namespaces that exist already, then for node ports that are taken.
 *
 * @param named names of the objects that the user allows to be destroyed
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

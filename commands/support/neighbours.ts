import { existsSync, readdirSync } from "node:fs";
import { Kubectl } from "../../cluster/kubectl";
import { CONTEXT } from "../../local/cluster/cluster";
import { Refusal } from "../../config/refusal";
import { stateFolder } from "../../local/paths";

/** What `down --all` would remove that does not belong to the stack. */
export interface Neighbours {
  /** Other environments whose stack was applied from this machine; their state is in the same folder. */
  environments: readonly string[];
  /** Namespaces with claims in the cluster that are not the stack's own. */
  namespaces: readonly string[];
}

/**
 * Why `--all` must not remove everything; undefined where it removes nothing of others, or the user has named all of
 * it. Another stack cannot be named: `npm run down` removes it. Pure.
 *
 * @param named what the user allows to be destroyed: `namespace/second`
 */
export function refusal({ environments, namespaces }: Neighbours, named: readonly string[]): string | undefined {
  if (environments.length > 0) {
    const ways = environments.map((environment) => `npm run down -- --env ${environment}`).join(" and ");
    return (
      `The state of ${environments.join(", ")} would be deleted too, and then nothing could remove those stacks: ` +
      `first ${ways}. Nothing was removed.`
    );
  }
  const unnamed = namespaces.filter((namespace) => !named.includes(`namespace/${namespace}`));
  if (unnamed.length === 0) return undefined;
  const all = namespaces.map((namespace) => `--destroys namespace/${namespace}`).join(" ");
  return (
    `The cluster has volumes of others, in ${unnamed.join(", ")}, which would go with it. Remove those stacks first, ` +
    `by what made them. Nothing was removed.\nIf their data is to go: npm run down -- --all ${all}`
  );
}

/** Other environments whose stack was applied from this machine, to any cluster, and not removed since. */
function otherEnvironments(environment: string): string[] {
  if (!existsSync(stateFolder)) return [];
  const noted = readdirSync(stateFolder).flatMap((name) => /^cluster-of-(.+)$/.exec(name)?.slice(1) ?? []);
  return noted.filter((other) => other !== environment).sort();
}

/** Namespaces of Holdfast's own cluster that hold claims. */
async function claimed(): Promise<string[]> {
  const claims = await new Kubectl({ context: CONTEXT }).list("persistentvolumeclaim");
  return [...new Set(claims.map(({ metadata }) => metadata?.namespace ?? ""))].sort();
}

/**
 * Checks what `down --all` would remove.
 *
 * @param own namespaces of the stack itself
 * @param runs whether the cluster runs, so that it can be asked
 * @throws Refusal where something belongs to others and the user has not named it
 */
export async function demandAlone(
  environment: string,
  own: readonly string[],
  runs: boolean,
  named: readonly string[],
): Promise<void> {
  const namespaces = runs ? (await claimed()).filter((namespace) => !own.includes(namespace)) : [];
  const sentence = refusal({ environments: otherEnvironments(environment), namespaces }, named);
  if (sentence !== undefined) throw new Refusal(sentence);
}

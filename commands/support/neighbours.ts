import { existsSync, readdirSync } from "node:fs";
import { Kubectl } from "../../cluster/kubectl";
import { CONTEXT } from "../../local/cluster/cluster";
import { Refusal } from "../../config/refusal";
import { stateFolder } from "../../local/paths";

/** What `down --all` would take along that is not the stack's. */
export interface Neighbours {
  /** Environments whose stack was applied from this machine, and whose state lies in the same folder. */
  environments: readonly string[];
  /** Namespaces of the cluster, not the stack's own, that hold claims. */
  namespaces: readonly string[];
}

/**
 * Why `--all` must not remove everything; undefined where nothing is another's, or all of it is named. A stack has its
 * own way down, so only what is known by its volumes alone can be named. Pure.
 *
 * @param named what a person has said may be destroyed: `namespace/second`
 */
export function refusal({ environments, namespaces }: Neighbours, named: readonly string[]): string | undefined {
  if (environments.length > 0) {
    const ways = environments.map((environment) => `npm run down -- --env ${environment}`).join(" and ");
    return (
      `The state of ${environments.join(", ")} would go as well, and then nothing could remove what it tells of: ` +
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

/** Other environments whose stack was applied from this machine and not removed since, whichever cluster it is on. */
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
 * Looks for what `down --all` would take along.
 *
 * @param own namespaces of the stack itself
 * @param runs whether the cluster runs; one that doesn't can't be asked
 * @throws Refusal where something is another's and nobody named it
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

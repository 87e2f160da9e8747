import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Kubectl } from "../../cluster/kubectl";
import { clusterUid, UID_OF } from "../../config/cluster-uid";
import { ensureClusterTools } from "../../local/engine/tools";
import { stateFolder } from "../../local/paths";

const file = (environment: string): string => join(stateFolder, `cluster-of-${environment}`);

async function identity(context: string): Promise<string> {
  return (await new Kubectl({ context }).get("namespace", UID_OF))?.metadata?.uid ?? "";
}

/**
 * Whether the cluster behind a context is not the one the stack was last applied to, for example because it was deleted
 * and created again under the same name. Then nothing in the state exists any more.
 */
export async function isAnotherCluster(environment: string, context: string): Promise<boolean> {
  return existsSync(file(environment)) && readFileSync(file(environment), "utf8") !== (await identity(context));
}

/** Those of some contexts that lead to the cluster the stack was last applied to, under whatever name. */
export async function contextsOfSameCluster(environment: string, contexts: readonly string[]): Promise<string[]> {
  if (!existsSync(file(environment))) return [];
  await ensureClusterTools(["kubectl"]);
  const noted = readFileSync(file(environment), "utf8");
  return contexts.filter((context) => clusterUid(context) === noted);
}

/** Remembers which cluster the stack of an environment is on. */
export async function rememberCluster(environment: string, context: string): Promise<void> {
  mkdirSync(stateFolder, { recursive: true });
  writeFileSync(file(environment), await identity(context));
}

/** Whether the stack of an environment was applied to a cluster and not removed since. */
export const wasApplied = (environment: string): boolean => existsSync(file(environment));

/** Forgets the cluster, after the stack was removed from it. */
export function forgetCluster(environment: string): void {
  rmSync(file(environment), { force: true });
}

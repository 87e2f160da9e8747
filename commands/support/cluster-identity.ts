import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { stateFolder } from "../../local/paths";

const file = (environment: string): string => join(stateFolder, `cluster-of-${environment}`);

/** The identity of a cluster for its whole life: the uid of the namespace that is always there. */
async function identity(context: string): Promise<string> {
  const { stdout } = await execa("kubectl", ["--context", context, "--request-timeout=10s", "get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"]);
  return stdout;
}

/**
 * Whether the cluster behind a context is another than the one the stack was last applied to: deleted and made again under
 * the same name, so that nothing the state tells of is there.
 */
export async function isAnotherCluster(environment: string, context: string): Promise<boolean> {
  return existsSync(file(environment)) && readFileSync(file(environment), "utf8") !== await identity(context);
}

/** Remembers which cluster the stack of an environment is on. */
export async function rememberCluster(environment: string, context: string): Promise<void> {
  mkdirSync(stateFolder, { recursive: true });
  writeFileSync(file(environment), await identity(context));
}

/** Whether the stack of an environment was applied to some cluster and not removed since. */
export function wasApplied(environment: string): boolean {
  return existsSync(file(environment));
}

/** Forgets the cluster: the stack was removed from it. */
export function forgetCluster(environment: string): void {
  rmSync(file(environment), { force: true });
}

import type { Kubectl } from "./kubectl";
import type { PodState } from "./state";

/** Runs a program in one pod after the other, ready ones first, until it succeeds; undefined where it does in none. */
export async function askAny(
  cluster: Kubectl,
  pods: readonly PodState[],
  container: string,
  program: readonly string[],
): Promise<string | undefined> {
  for (const { name } of [...pods].sort((a, b) => Number(b.ready) - Number(a.ready))) {
    try {
      return await cluster.exec(name, container, ...program);
    } catch {
      // One that is down cannot tell; another one can.
    }
  }
  return undefined;
}

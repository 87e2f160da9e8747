import type { Kubectl } from "./kubectl";
import type { PodState } from "./state";

/** Runs a program in the pods, ready ones first, until one succeeds. Undefined where all fail. */
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
      // This pod does not answer; ask the next one.
    }
  }
  return undefined;
}

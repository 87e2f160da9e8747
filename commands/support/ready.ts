import pRetry, { AbortError } from "p-retry";
import { Impossible } from "../../local/docker/engine";
import { obstacle, pods, readiness, workloads } from "./workloads";

/** Generous: a cold start pulls every image and starts three databases one after the other. */
const TIMEOUT_SECONDS = 420;

/** Reasons that no waiting mends. */
const HOPELESS = /InvalidImageName|CreateContainerConfigError/;

/**
 * Waits until every workload of the namespaces runs in its newest form; the engine calls a StatefulSet done while its old
 * pods still stand.
 *
 * @throws Impossible naming the pods that are stuck and why
 */
export async function waitUntilReady(context: string, namespaces: string[], say: (line: string) => void): Promise<void> {
  let last = "";
  const check = async (): Promise<void> => {
    const all = (await Promise.all(namespaces.map((namespace) => workloads(context, namespace)))).flat();
    const waiting = all.filter((workload) => !readiness(workload).settled);
    if (waiting.length === 0) return;
    const line = waiting.map((workload) => `${workload.metadata.name} ${readiness(workload).ready}/${readiness(workload).wanted}`).join(", ");
    if (line !== last) say(`waiting for ${line}`);
    last = line;
    const stuck = (await Promise.all(namespaces.map((namespace) => pods(context, namespace)))).flat();
    if (stuck.some((pod) => HOPELESS.test(obstacle(pod) ?? ""))) throw new AbortError("hopeless");
    throw new Error("not ready");
  };
  try {
    await pRetry(check, { retries: TIMEOUT_SECONDS / 2, minTimeout: 2_000, factor: 1 });
  } catch {
    const stuck = (await Promise.all(namespaces.map((namespace) => pods(context, namespace)))).flat()
      .flatMap((pod) => (obstacle(pod) ? [`  ${pod.metadata.namespace}/${pod.metadata.name}: ${obstacle(pod)}`] : []));
    throw new Impossible(`The stack was applied, but these pods are not ready:\n${stuck.join("\n")}\n`
      + `Look with: kubectl --context ${context} -n ${namespaces[0]} describe pod NAME; then run the same command again.`);
  }
}

import type { V1Pod } from "@kubernetes/client-node";
import pRetry, { AbortError } from "p-retry";
import { request } from "undici";
import { Refusal } from "../../config/refusal";
import { Kubectl } from "../../cluster/kubectl";
import { lastWords, obstacle, readiness, stillServing, workloads } from "../../cluster/workloads";

/** Long, because a cold start pulls every image and starts three database members one after the other. */
const TIMEOUT_SECONDS = 420;

/** Reasons that waiting does not change. */
const HOPELESS = /InvalidImageName|CreateContainerConfigError/;

const podsIn = async (context: string, namespaces: string[]): Promise<V1Pod[]> =>
  (await Promise.all(namespaces.map((namespace) => new Kubectl({ context, namespace }).list("pod")))).flat();

/**
 * Waits until every pod of the namespaces' workloads runs the newest version. The engine reports a StatefulSet as done
 * while old pods are still there.
 *
 * @throws Refusal naming the pods that are stuck and why
 */
export async function waitUntilReady(
  context: string,
  namespaces: string[],
  say: (line: string) => void,
): Promise<void> {
  let last = "";
  const check = async (): Promise<void> => {
    const all = (await Promise.all(namespaces.map((namespace) => workloads(context, namespace)))).flat();
    const waiting = all.filter((workload) => !readiness(workload).settled);
    if (waiting.length === 0) return;
    const line = waiting
      .map((workload) => `${workload.metadata.name} ${readiness(workload).ready}/${readiness(workload).wanted}`)
      .join(", ");
    if (line !== last) say(`waiting for ${line}`);
    last = line;
    const stuck = await podsIn(context, namespaces);
    if (stuck.some((pod) => HOPELESS.test(obstacle(pod) ?? "") || lastWords(pod) !== undefined))
      throw new AbortError("hopeless");
    throw new Error("not ready");
  };
  try {
    await pRetry(check, { retries: TIMEOUT_SECONDS / 2, minTimeout: 2_000, factor: 1 });
  } catch {
    throw new Refusal(
      `The stack was applied, but these pods are not ready:\n${(await whatIsStuck(context, namespaces)).join("\n")}\n` +
        `Look with: kubectl --context ${context} -n ${namespaces[0]} describe pod NAME; then run the same ` +
        "command again.",
    );
  }
}

/**
 * One line for each pod that is not ready, and for each Deployment whose previous version still serves. Empty where the
 * cluster does not answer.
 */
export async function whatIsStuck(context: string, namespaces: string[]): Promise<string[]> {
  try {
    const everyPod = await podsIn(context, namespaces);
    const every = (await Promise.all(namespaces.map((namespace) => workloads(context, namespace)))).flat();
    const lines = everyPod.flatMap((pod) =>
      obstacle(pod) ? [`${pod.metadata?.namespace}/${pod.metadata?.name}: ${obstacle(pod)}`] : [],
    );
    return [...lines, ...every.flatMap((workload) => stillServing(workload) ?? [])].map((line) => `  ${line}`);
  } catch {
    return [];
  }
}

/** Long: a balancer looks for its servers once a second, and checks them once a second. */
const SERVED_SECONDS = 60;

/**
 * Waits until the shop answers from outside. All pods may be ready while the balancer does not reach them yet.
 *
 * @param seconds how long to wait; @default 60
 * @throws Refusal with the last answer, where there is none but server errors
 */
export async function waitUntilServed(
  url: string,
  say: (line: string) => void,
  seconds = SERVED_SECONDS,
): Promise<void> {
  const check = async (): Promise<void> => {
    const answer = await request(url, { headers: { connection: "close" }, headersTimeout: 5_000 });
    await answer.body.dump();
    if (answer.statusCode >= 500) throw new Error(`the last answer was ${answer.statusCode}`);
  };
  try {
    await pRetry(check, {
      retries: seconds,
      minTimeout: 1_000,
      factor: 1,
      onFailedAttempt: ({ attemptNumber }) => {
        if (attemptNumber === 3) say(`waiting for ${url} to answer`);
      },
    });
  } catch (error) {
    throw new Refusal(
      `Every pod is ready, but ${url} does not serve: ${(error as Error).message}.\n` +
        "Look with `kubectl logs` at a load-balancer pod, which names each server it can't reach; then run the " +
        "same command again.",
    );
  }
}

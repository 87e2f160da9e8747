import { reasonOf, type Cluster } from "../../cluster/kubectl";
import { checkShop } from "../stack/guard";
import { until } from "../stack/pause";
import { readState } from "../stack/read-state";
import { shopIsReady } from "../stack/shop";
import { whatIsMissing } from "../stack/state";
import type { Subjects } from "../stack/subject";

/** After a restart pods still look Running from before, so the stack has to be found whole more than once. */
const TIMES = 3;

/** The stack that is waited for. */
export interface Awaited {
  cluster: Cluster;
  subjects: Subjects;
  /** The shop's URL. */
  url: string;
}

/** What is missing now; an API that does not answer is missing as well. */
async function missingInCluster({ cluster, subjects }: Awaited, signal: AbortSignal): Promise<string[]> {
  try {
    return whatIsMissing(await readState(cluster, subjects, signal));
  } catch (error) {
    signal.throwIfAborted();
    return [`the Kubernetes API does not answer (${reasonOf(error)})`];
  }
}

/** The same, with the shop. @throws Refusal where another program is served: no waiting makes a shop of it */
async function missingNow(stack: Awaited, signal: AbortSignal): Promise<string[]> {
  const missing = await missingInCluster(stack, signal);
  const serves = await shopIsReady(stack.url, signal);
  checkShop(serves);
  return serves.what === "shop" ? missing : [...missing, serves.clause];
}

/**
 * Waits until the stack is whole, and has been so three times in a row.
 *
 * @param patience in seconds
 * @param say told whenever something else is missing
 * @returns when it was found whole for the first of those times, milliseconds since the epoch; undefined where it was
 * not in time
 * @throws Refusal where another program than the shop is served; the signal's reason where it is aborted
 */
export async function waitUntilWhole(
  stack: Awaited,
  patience: { every: number; atMost: number },
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<number | undefined> {
  let since: number | undefined;
  let times = 0;
  let said = "";
  const whole = await until(
    async () => {
      const asked = Date.now();
      const missing = await missingNow(stack, signal);
      if (missing.length > 0) {
        times = 0;
        since = undefined;
        const line = `not whole yet: ${missing.join("; ")}`;
        if (line !== said) say(line);
        said = line;
        return false;
      }
      since ??= asked;
      return ++times >= TIMES;
    },
    patience,
    signal,
  );
  return whole ? since : undefined;
}

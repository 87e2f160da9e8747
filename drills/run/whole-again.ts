import { reasonOf, type Cluster } from "../../cluster/kubectl";
import { checkShop, WANTED } from "../stack/guard";
import { until } from "../stack/pause";
import { readState } from "../stack/read-state";
import { shopIsReady } from "../stack/shop";
import { whatIsMissing } from "../stack/whole";

/** After a restart pods still look Running from before, so the stack has to be found whole more than once. */
const TIMES = 3;

/** What is missing now; an API that does not answer is missing as well. */
async function missingInCluster(cluster: Cluster, signal: AbortSignal): Promise<string[]> {
  try {
    return whatIsMissing(await readState(cluster, signal), WANTED);
  } catch (error) {
    signal.throwIfAborted();
    return [`the Kubernetes API does not answer (${reasonOf(error)})`];
  }
}

/** The same, with the shop. @throws Refusal where another program is served: no waiting makes a shop of it */
async function missingNow(cluster: Cluster, url: string, signal: AbortSignal): Promise<string[]> {
  const missing = await missingInCluster(cluster, signal);
  const serves = await shopIsReady(url, signal);
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
  cluster: Cluster,
  url: string,
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
      const missing = await missingNow(cluster, url, signal);
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

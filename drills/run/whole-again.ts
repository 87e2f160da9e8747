import { request } from "undici";
import { WANTED } from "../stack/guard";
import type { Cluster } from "../stack/execute";
import { readState } from "../stack/read-state";
import { whatIsMissing } from "../stack/whole";
import { until } from "./pause";

/** After a restart pods still look Running from before, so the stack has to be found whole more than once. */
const TIMES = 3;
const SHOP_TIMEOUT_MS = 5_000;

/** Whether the shop says through its own way in that it can serve. */
async function shopIsReady(url: string): Promise<string | undefined> {
  try {
    const { statusCode, body } = await request(`${url}/readyz`, { signal: AbortSignal.timeout(SHOP_TIMEOUT_MS) });
    await body.dump();
    return statusCode === 200 ? undefined : `the shop answers ${statusCode}`;
  } catch (error) {
    return `the shop does not answer (${(error as Error).message})`;
  }
}

/** What is missing now; an API that does not answer is missing as well. */
async function missingNow(cluster: Cluster, url: string): Promise<string[]> {
  try {
    const missing = whatIsMissing(await readState(cluster), WANTED);
    const shop = await shopIsReady(url);
    return shop === undefined ? missing : [...missing, shop];
  } catch (error) {
    return [`the Kubernetes API does not answer (${(error as Error).message})`];
  }
}

/**
 * Waits until the stack is whole, and has been so three times in a row.
 *
 * @param patience in seconds
 * @param say told whenever something else is missing
 * @returns when it was found whole for the first of those times, milliseconds since the epoch; undefined where it was not in time
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
  const whole = await until(async () => {
    const asked = Date.now();
    const missing = await missingNow(cluster, url);
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
  }, patience, signal);
  return whole ? since : undefined;
}

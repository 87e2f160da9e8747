import { createInterface } from "node:readline";
import type { Kubectl } from "./kubectl";

/**
 * Opens a way to a workload's port for as long as a function runs. The API server's own proxy is no way in: network
 * policies keep it out like everybody else, while a port-forward arrives inside the pod.
 *
 * @param cluster with `seconds`, the way is closed after so many
 * @param workload for example `statefulset/prometheus`
 * @param use gets the URL that leads there, without a slash at its end
 */
export async function throughPort<T>(
  cluster: Kubectl,
  workload: string,
  port: number,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const forward = cluster.start(["port-forward", "--address", "127.0.0.1", workload, `:${port}`], { reject: false });
  try {
    for await (const line of createInterface({ input: forward.stdout })) {
      const local = /127\.0\.0\.1:(\d+) ->/.exec(line)?.[1];
      if (local !== undefined) return await use(`http://127.0.0.1:${local}`);
    }
  } finally {
    forward.kill();
    await forward;
  }
  throw new Error(`kubectl port-forward to ${workload} ended before it forwarded anything`);
}

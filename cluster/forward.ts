import { createInterface } from "node:readline";
import type { Kubectl } from "./kubectl";

/**
 * Forwards a workload's port while a function runs. A port-forward arrives inside the pod, so network policies let it
 * through; they would stop the API server's proxy.
 *
 * @param cluster its limit `seconds` ends the port-forward
 * @param workload for example `statefulset/prometheus`
 * @param use gets the URL of the port, without a slash at its end
 * @throws Error where kubectl ends before it forwards the port
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

import { execa } from "execa";
import { fetch } from "undici";
import { CONTEXT } from "../../local/cluster/cluster";
import { settings } from "./live";

/**
 * Opens a way to a workload's port for as long as a function runs. The API server's own proxy is no way in: network
 * policies keep it out like everybody else, while a port-forward arrives inside the pod.
 *
 * @param workload for example `statefulset/prometheus`
 * @param use gets a function that reads JSON from a path
 */
export async function throughPort<T>(workload: string, port: number, use: (json: <A>(path: string) => Promise<A>) => Promise<T>): Promise<T> {
  const forward = execa("kubectl", ["--context", CONTEXT, "-n", settings.namespace, "port-forward", "--address", "127.0.0.1", workload, `:${port}`], { reject: false });
  for await (const line of forward) {
    const local = /127\.0\.0\.1:(\d+) ->/.exec(line)?.[1];
    if (local === undefined) continue;
    try {
      return await use(async (path) => {
        const answer = await fetch(`http://127.0.0.1:${local}${path}`, { signal: AbortSignal.timeout(30_000) });
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
        return (await answer.json()) as never;
      });
    } finally {
      // Inside the loop, because leaving it waits for the process to end; that end is no error (`reject: false`).
      forward.kill();
    }
  }
  throw new Error(`kubectl port-forward to ${workload} ended before it forwarded anything`);
}

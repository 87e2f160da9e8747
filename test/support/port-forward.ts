import { fetch } from "undici";
import { throughPort as openPort } from "../../cluster/forward";
import { stack } from "./live";

/**
 * Forwards a workload's port while a function runs.
 *
 * @param workload for example `statefulset/prometheus`
 * @param use gets a function that reads JSON from a path
 */
export function throughPort<T>(
  workload: string,
  port: number,
  use: (json: <A>(path: string) => Promise<A>) => Promise<T>,
): Promise<T> {
  return openPort(stack.with({ seconds: undefined }), workload, port, (url) =>
    use(async (path) => {
      const answer = await fetch(url + path, { signal: AbortSignal.timeout(30_000) });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as never;
    }),
  );
}

import type { V1Pod } from "@kubernetes/client-node";
import { obstacle } from "../../cluster/workloads";

/** Starts of one container after which waiting is no use; the first may fail because a neighbour is not there yet. */
const HOPELESS_RESTARTS = 3;

/** How often each container of each pod has been restarted, by `pod/container`. */
export type Restarts = Record<string, number>;

/** Restarts of what is not ready. */
export function restarts(pods: V1Pod[]): Restarts {
  return Object.fromEntries(
    pods.flatMap(({ metadata, status }) =>
      (status?.containerStatuses ?? [])
        .filter(({ ready }) => !ready)
        .map(({ name, restartCount }) => [`${metadata?.name}/${name}`, restartCount]),
    ),
  );
}

/** Pods in a line: each with what keeps it from being ready. */
export function memberLine(pods: V1Pod[]): string {
  if (pods.length === 0) return "no pod of the database";
  return pods.map((pod) => `${pod.metadata?.name} ${obstacle(pod) ?? "is ready"}`).join(", ");
}

/**
 * Why no member will ever run, in the words of the first of them; undefined as long as one may.
 *
 * @param before how often each had been restarted when the waiting began
 */
export function hopeless(pods: V1Pod[], before: Restarts): string | undefined {
  const now = restarts(pods);
  const fails = ({ metadata }: V1Pod): boolean =>
    Object.entries(now).some(
      ([key, count]) => key.startsWith(`${metadata?.name}/`) && count - (before[key] ?? 0) >= HOPELESS_RESTARTS,
    );
  if (pods.length === 0 || !pods.every(fails)) return undefined;
  const [first] = pods;
  return first && `${first.metadata?.name}: ${obstacle(first)}`;
}

import type { V1Pod } from "@kubernetes/client-node";
import { obstacle } from "../../../cluster/workloads";

/** Restarts after which waiting is hopeless. The first start may fail because another pod is not there yet. */
const HOPELESS_RESTARTS = 3;

/** How often each container of each pod has been restarted, by `pod/container`. */
export type Restarts = Record<string, number>;

/** Restarts of the containers that are not ready. */
export function restarts(pods: V1Pod[]): Restarts {
  return Object.fromEntries(
    pods.flatMap(({ metadata, status }) =>
      (status?.containerStatuses ?? [])
        .filter(({ ready }) => !ready)
        .map(({ name, restartCount }) => [`${metadata?.name}/${name}`, restartCount]),
    ),
  );
}

/** The pods in one line, each with the reason why it is not ready. */
export function memberLine(pods: V1Pod[]): string {
  if (pods.length === 0) return "no pod of the database";
  return pods.map((pod) => `${pod.metadata?.name} ${obstacle(pod) ?? "is ready"}`).join(", ");
}

/**
 * Why no member can start, with the reason of the first; undefined as long as one may still start.
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

import type { CoreV1Event, V1Endpoints, V1Pod } from "@kubernetes/client-node";
import type { Cluster } from "../../cluster/kubectl";
import { follow, type Watch } from "../../cluster/watch";
import { isReady } from "../../cluster/parse-state";
import type { Timeline } from "./timeline";

/** Ready addresses of an Endpoints object, sorted. */
export function readyAddresses(endpoints: V1Endpoints): string[] {
  return (endpoints.subsets ?? []).flatMap((subset) => (subset.addresses ?? []).map((address) => address.ip)).sort();
}

const OUT_OF_MEMORY = "OOMKilled";

/** Containers of a pod that the kernel killed for their memory between two looks at it. */
export function killedForMemory(before: V1Pod, after: V1Pod): string[] {
  // The same end is told as the present state until the container is started anew, and as the last one from then on.
  const ends = ({ status }: V1Pod) =>
    (status?.containerStatuses ?? []).flatMap(({ name, state, lastState }) =>
      [state?.terminated, lastState?.terminated].flatMap((end) =>
        end?.reason === OUT_OF_MEMORY ? [{ name, id: end.containerID }] : [],
      ),
    );
  const known = new Set(ends(before).map(({ id }) => id));
  return ends(after)
    .filter(({ id }) => !known.has(id))
    .map(({ name }) => name);
}

/** An event in one line. */
export function describeEvent(event: CoreV1Event): string {
  const { involvedObject, reason, message } = event;
  return (
    `${involvedObject.kind} ${involvedObject.name}: ${reason ?? ""}: ` +
    `${(message ?? "").split("\n")[0]!.slice(0, 160)}`
  );
}

/**
 * Follows the namespace's events and pods, the Services' addresses and the nodes, and writes every change down.
 *
 * @param timeline where to
 */
export async function watchCluster(cluster: Cluster, timeline: Timeline): Promise<Watch> {
  const begun = Date.now();
  return follow(cluster, {
    endpoints: (after, before) => {
      const name = (after ?? before)!.metadata!.name!;
      const now = after ? readyAddresses(after) : [];
      // Patroni writes its lock into the object every second; only another address is a change.
      if (before && now.join() !== readyAddresses(before).join()) timeline.addressesChanged(name, now);
    },
    pods: (after, before) => {
      const name = (after ?? before)!.metadata!.name!;
      if (!after) timeline.add("pod", `${name} is gone`);
      else if (before && isReady(before) !== isReady(after))
        timeline.add("pod", `${name} is ${isReady(after) ? "ready" : "not ready"}`);
      if (before && after)
        for (const container of killedForMemory(before, after)) timeline.killedForMemory(name, container);
    },
    nodes: (after, before) => {
      if (!after || !before) return;
      const [was, is] = [isReady(before), isReady(after)];
      if (was !== is) timeline.add("node", `${after.metadata!.name!} is ${is ? "Ready" : "not Ready"}`);
    },
    events: (after) => {
      const at = after && new Date(after.eventTime ?? after.lastTimestamp ?? 0).getTime();
      if (at !== undefined && at >= begun) timeline.add("event", describeEvent(after!), at);
    },
  });
}

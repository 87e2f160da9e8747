import { podsOf } from "../../../cluster/state";
import type { Drill } from "../../../drills/drill";
import { deletePods } from "../../../drills/faults/kubernetes";
import { cutFrom, type Ports } from "../../../drills/faults/network";
import type { Guard } from "../../../drills/guards";
import { atOnePod, WEB } from "./subject";

/** What is around the web tier. */
interface Around {
  /** Ports of the database and of Redis, behind their Services. */
  database: number[];
  redis: number[];
  /** What a person does for a second web pod, as a clause. */
  morePods: string;
}

/** After healing the alert about the pod has to be over for a minute, or the next run's would count as an old one. */
const FADES_SECONDS = 300;

/** What every cut has in common: one pod, on the node's firewall, for so long. */
function cut(
  name: string,
  what: string,
  ports: Ports,
  seconds: number,
  expect: Omit<Drill["expect"], "wholeAgainSeconds">,
): Drill {
  return {
    name,
    title: `One web pod is cut off from ${what}, and from nothing else.`,
    needsNodeContainers: true,
    plan: atOnePod((_state, pod, node) => cutFrom(node, pod, ports)),
    hold: { atLeast: seconds, atMost: seconds },
    restSeconds: FADES_SECONDS,
    expect: { ...expect, wholeAgainSeconds: 60 },
  };
}

/** The pods all go at once. */
const ALL_DELETED: Drill = {
  name: "web-all-deleted",
  title: "All web pods are deleted at once.",
  needsNodeContainers: false,
  isolatedFrom: WEB,
  plan: (state) => {
    const pods = podsOf(state, WEB).map(({ name }) => name);
    return { target: pods.join(", "), pods, nodes: [], fault: [deletePods(state, pods)], heal: [] };
  },
  hold: { atLeast: 20, atMost: 90 },
  expect: { writeOutageSeconds: 10, readOutageSeconds: 10, unanswered: 0, wholeAgainSeconds: 90 },
};

/** One web pod that can't reach what it needs and goes on saying that it is ready; and all of them gone at once. */
export function webCutDrills({ database, redis, morePods }: Around): Drill[] {
  // A pod that is cut off must have somebody beside it, or there is nobody to be compared with.
  const guard: Guard = (state) => (podsOf(state, WEB).length < 2 ? `it needs two web pods; ${morePods}` : undefined);
  const cuts = [
    cut("web-cut-from-postgres", "the database", { tcp: database }, 180, {
      writeOutageSeconds: 1,
      readOutageSeconds: 1,
      failedWrites: 60,
      failedReads: 60,
      namedSeconds: 120,
    }),
    cut("web-cut-from-redis", "Redis and its Sentinels", { tcp: redis }, 240, {
      writeOutageSeconds: 1,
      readOutageSeconds: 1,
      failedWrites: 0,
      failedReads: 0,
      namedSeconds: 200,
    }),
    // A program that looks no name up serves on, and nobody can tell this pod from the others.
    cut("web-cut-from-dns", "the cluster's DNS", { tcp: [53], udp: [53] }, 120, {
      writeOutageSeconds: 1,
      readOutageSeconds: 1,
      failedWrites: 0,
      failedReads: 0,
    }),
  ];
  return [...cuts.map((one) => ({ ...one, guard })), ALL_DELETED];
}

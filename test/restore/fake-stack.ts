import type { Session } from "../../components/postgres/restore/flows";
import { openStore } from "../../components/postgres/restore/store";
import { FakeCluster, NAMESPACE } from "./fake-cluster";

/** Moment after order A. */
export const T1 = "2026-01-31T11:00:00Z";
/** Moment after order B; order C came later. */
export const T2 = "2026-01-31T12:00:00Z";
const HISTORY = { "2026-01-31 11:00:00+00": "A", "2026-01-31 12:00:00+00": "AB", end: "ABC" };

/** A restore command on a stand-in of a cluster, with everything that it said and asked. */
export interface Stack {
  cluster: FakeCluster;
  session: Session;
  said: string[];
  asked: string[];
}

/**
 * A stack whose repository has the whole history. Each command begins one second after the one before.
 *
 * @param orders what the running database holds; null where it has lost every claim
 */
export function stack(orders: string | null = "ABC"): Stack {
  const cluster = new FakeCluster(orders);
  for (const [moment, held] of Object.entries(HISTORY)) cluster.database.repository.set(moment, held);
  cluster.choice = (args) => ({
    ok: true,
    backup: "20260131-021700F",
    timeline: 1,
    target: /--to (.*)/.exec(args)?.[1] ?? null,
  });
  const said: string[] = [];
  const asked: string[] = [];
  let second = 0;
  const session: Session = {
    objects: cluster,
    namespace: NAMESPACE,
    members: 3,
    say: (line) => said.push(line),
    pause: async () => undefined,
    now: () => new Date(Date.UTC(2026, 1, 1, 8, 0, ++second)),
    confirm: async (question) => asked.push(question) > 0,
  };
  return { cluster, session, said, asked };
}

/** Orders that the database serves; undefined where it does not. */
export const serves = ({ database }: FakeCluster): string | undefined => database.serves?.orders;

/** How many volumes hold these orders. */
export const holds = (cluster: FakeCluster, orders: string): number =>
  Object.values(cluster.stored()).filter((one) => one === orders).length;

/** The sets that are kept. */
export const kept = async ({ objects }: Session) => (await openStore(objects, NAMESPACE)).journal.kept;

/** Reclaim policy of each volume that a member uses, and how many labels it has. */
export async function used(cluster: FakeCluster): Promise<string[]> {
  return (await cluster.list("persistentvolume"))
    .filter(({ status }) => status?.phase === "Bound")
    .map(
      ({ spec, metadata }) => `${spec?.persistentVolumeReclaimPolicy} ${Object.keys(metadata?.labels ?? {}).length}`,
    );
}

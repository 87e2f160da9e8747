import type { Cluster } from "../../cluster/kubectl";
import { podsOf } from "../../cluster/state";
import { execute } from "../stack/execute";
import type { StackState } from "../stack/state";
import type { Store } from "../stack/subject";

/**
 * Which data directory a member has: one that was emptied and copied anew is another one, by its inodes and their
 * birth.
 */
export type DataDirectories = Map<string, string>;

/** What became of the standbys' data directories over a run. */
export interface CopiesKept {
  /** Standbys before the fault. */
  of: number;
  /** Those whose directory is another one now, or can't be looked at. */
  gone: string[];
}

/** A look at two inodes; a member that does not answer in that time is one that can't be looked at. */
const LOOK_SECONDS = 10;

/**
 * What two lines of inode and birth look like, for the directory and for a file in it that no program ever writes
 * again.
 */
const LOOKS = /^(\d+ \d+\n){2}$/;

/** The members' data directories as they are now; one that can't be looked at is missing. */
export async function readDataDirectories(cluster: Cluster, store: Store, state: StackState): Promise<DataDirectories> {
  const found: DataDirectories = new Map();
  await Promise.all(
    podsOf(state, store.name).map(async ({ name }) => {
      try {
        const said = await execute(cluster, store.dataDirectory(cluster.namespace, name), { seconds: LOOK_SECONDS });
        if (LOOKS.test(said)) found.set(name, said);
      } catch {
        // Missing is the answer.
      }
    }),
  );
  return found;
}

/**
 * Compares the standbys' data directories.
 *
 * @param leader before the fault: what becomes of its directory is another question
 * @returns null where it is not known which there were before
 */
export function copiesKept(
  members: string[],
  leader: string | undefined,
  before: DataDirectories,
  after: DataDirectories,
): CopiesKept | null {
  const standbys = members.filter((name) => name !== leader);
  if (standbys.length === 0 || standbys.some((name) => !before.has(name))) return null;
  return { of: standbys.length, gone: standbys.filter((name) => after.get(name) !== before.get(name)).sort() };
}

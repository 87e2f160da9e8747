/**
 * One look at all members. `answer` is a server's role, or the address that a Sentinel names as the primary's. `run`
 * changes with each start of the member. Both are missing where the member did not answer.
 */
export interface Sight {
  /** Milliseconds since 1970. */
  at: number;
  servers: Member[];
  sentinels: Member[];
}

interface Member {
  host: string;
  run?: string;
  answer?: string;
}

const primaries = ({ servers }: Sight): Member[] => servers.filter(({ answer }) => answer === "master");

/** Whether everybody answered. */
export function complete(sight: Sight | undefined): boolean {
  return sight !== undefined && [...sight.servers, ...sight.sentinels].every(({ run }) => run !== undefined);
}

/**
 * The first look at which one server was the primary and all Sentinels named it, and all of these were started since
 * `before`.
 *
 * @param before a look at the members before they were ended
 * @returns milliseconds since 1970; undefined where no look showed that
 */
export function begun(sights: Sight[], before: Sight): number | undefined {
  const old = new Set([...before.servers, ...before.sentinels].map(({ run }) => run));
  return sights.find((sight) => {
    const [primary, second] = primaries(sight);
    if (primary === undefined || second !== undefined || old.has(primary.run)) return false;
    return sight.sentinels.every(({ run, answer }) => answer === primary.host && run !== undefined && !old.has(run));
  })?.at;
}

/** Milliseconds during which two servers said that they are the primary. @param end of the last look */
export function twice(sights: Sight[], end: number): number {
  return sights.reduce(
    (sum, sight, i) => sum + (primaries(sight).length > 1 ? (sights[i + 1]?.at ?? end) - sight.at : 0),
    0,
  );
}

import type { Journal, Kept, Operation, UsedVolume, Wish } from "./journal";
import { restoredTo } from "./journal";
import type { Claim, Observed } from "./steps";

/** What every operation needs to begin. */
interface Beginning {
  /** Unique; becomes the name of the set of old data. */
  id: string;
  /** ISO 8601. */
  now: string;
  asked: string;
  members: number;
}

/** Name of an operation: the second in which it begins, which sorts by time and is a valid label. */
export const idAt = (now: Date): string => now.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");

/** The journal at the start of a restore, before anything is changed. Pure. */
export function beginRestore(
  journal: Journal,
  observed: Observed,
  beginning: Beginning,
  wish: Omit<Wish, "id">,
): Journal {
  return begin(journal, observed, beginning, { wish: { ...wish, id: beginning.id } });
}

/** The journal at the start of an undo, also of an operation that is not finished. Pure. */
export function beginUndo(
  journal: Journal,
  observed: Observed,
  beginning: Beginning,
  set: string,
  timelinesTaken: number,
): Journal {
  return begin(journal, observed, beginning, { kept: set, timelinesTaken, readLast: false });
}

function begin(
  journal: Journal,
  observed: Observed,
  { id, now, asked, members }: Beginning,
  source: Operation["source"],
): Journal {
  const back = "kept" in source ? journal.kept.find((set) => set.id === source.kept) : undefined;
  const used = observed.claims.filter(
    (claim) => inUse(claim, observed) && !back?.volumes.some(({ volume }) => volume === claim.volume),
  );
  const half = halfBack(journal, used);
  const own: Kept = {
    id,
    since: now,
    ...described(journal.operation ? restoredTo(journal.operation, journal.kept) : journal.restoredTo),
    volumes: [
      ...used.map((claim) => usedVolume(claim, observed, half)),
      ...(half?.volumes.filter(({ volume }) => !used.some((claim) => claim.volume === volume)) ?? []),
    ],
  };
  const kept = journal.kept.filter((set) => set !== half);
  return {
    operation: { id, began: now, phase: "stop", asked, members, source },
    ...described(own.restoredTo),
    kept: own.volumes.length > 0 ? [...kept, own] : kept,
  };
}

const described = (moment: string | undefined): { restoredTo?: string } =>
  moment === undefined ? {} : { restoredTo: moment };

const inUse = ({ volume }: Claim, { volumes }: Observed): boolean => volumes.some(({ name }) => name === volume);

/** The kept set that an unfinished undo has put back in part. It is kept again as one set, with Patroni's state. */
function halfBack({ operation, kept }: Journal, used: Claim[]): Kept | undefined {
  const source = operation?.source;
  const set = source && "kept" in source ? kept.find(({ id }) => id === source.kept) : undefined;
  return set?.volumes.some(({ volume }) => used.some((claim) => claim.volume === volume)) ? set : undefined;
}

function usedVolume({ name, volume = "" }: Claim, { volumes }: Observed, half: Kept | undefined): UsedVolume {
  // A kept volume still has the policy `Retain`; its own policy is in the journal.
  const own =
    half?.volumes.find((one) => one.volume === volume)?.policy ??
    volumes.find((one) => one.name === volume)?.policy ??
    "Delete";
  return { volume, claim: name, policy: own };
}

/** The journal at the end of an operation. A set that was put back is no longer kept. Pure. */
export function finished({ operation, kept }: Journal): Journal {
  if (!operation) return { kept };
  const { source } = operation;
  return {
    ...described(restoredTo(operation, kept)),
    kept: "kept" in source ? kept.filter(({ id }) => id !== source.kept) : kept,
  };
}

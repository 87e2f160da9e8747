import { databaseLabels } from "../../components/postgres/names";
import type { Kept, Operation, Phase, StateObject, UsedVolume, Wish } from "./journal";
import { DATABASE, TIMELINES_TAKEN } from "./names";

/** A claim of a member's. */
export interface Claim {
  name: string;
  /** The volume it is bound to, or is to be bound to. */
  volume?: string;
  bound: boolean;
  /** Told to go; it does when no pod uses it. */
  ending: boolean;
}

/** A volume that a member uses, or that is kept. */
export interface Volume {
  name: string;
  policy: string;
  /** Set that its label names. */
  keptAs?: string;
  /** Claim that it is bound to or reserved for; bound (or left over from that) where it knows the claim's `uid`. */
  claim?: { name: string; uid?: string };
}

/** What there is in the cluster, as far as a restore has to know. */
export interface Observed {
  /** Members that the StatefulSet is to have. */
  replicas: number;
  /** Names of the database's pods that exist. */
  pods: string[];
  claims: Claim[];
  volumes: Volume[];
  state: StateObject[];
  /** Id of the wish that members find. */
  wish?: string;
  /** Who leads and accepts writes, and on which timeline. */
  primary?: { name: string; timeline: number };
  /** Whether the backup of after this operation was asked for. */
  backedUp: boolean;
}

/** One thing to do; each may be repeated without harm. */
export type Step =
  | { do: "scale"; replicas: number }
  /** Look again in a moment. */
  | { do: "wait"; until: "ended" | "released" | "bound" | "writable" }
  /** Patroni's state into the journal. */
  | { do: "save"; state: StateObject[] }
  /** The timelines that are taken by then, into the journal. */
  | { do: "timelines" }
  /** Retain a volume, and label it. */
  | { do: "keep"; volume: UsedVolume; set: Kept }
  | { do: "release"; claim: string }
  /** Make Patroni's state exactly this. */
  | { do: "state"; state: StateObject[] }
  /** The request to the members: this one or none. */
  | { do: "wish"; wish: Wish | undefined }
  /** Reserve a volume for a claim that is still to be made. */
  | { do: "reserve"; volume: UsedVolume }
  | { do: "claim"; volume: UsedVolume }
  /** A volume in use again: its label off, its own reclaim policy back. */
  | { do: "unkeep"; volume: UsedVolume }
  | { do: "backup" }
  | { do: "phase"; phase: Phase }
  | { do: "refuse"; why: string }
  | { do: "done" };

/**
 * What to do next. Pure, and free of memory: after a `kill -9` the same question has the same answer.
 *
 * - `stop`: the pods end, then Patroni's state and the timelines that are taken are read for the last time.
 * - `aside`: every old volume is retained and labelled, and only then are the claims let go.
 * - `fill`: Patroni forgets, or remembers what it knew; the wish is written, or the old volumes get claims.
 * - `start`: the pods start, until one of them accepts writes.
 * - `settle`: the wish goes, a backup is begun; volumes that are in use again are what they were.
 */
export function nextStep(operation: Operation, kept: Kept[], observed: Observed): Step {
  const stopped = operation.phase !== "start" && operation.phase !== "settle";
  // Also where somebody else has started them meanwhile.
  if (stopped && observed.replicas > 0) return { do: "scale", replicas: 0 };
  if (stopped && observed.pods.length > 0) return { do: "wait", until: "ended" };
  return PLAN[operation.phase](operation, kept, observed);
}

type Plan = (operation: Operation, kept: Kept[], observed: Observed) => Step;

const PLAN: Record<Phase, Plan> = { stop, aside, fill, start, settle };

const ownSet = (operation: Operation, kept: Kept[]): Kept | undefined => kept.find(({ id }) => id === operation.id);

/** The set that an undo puts back. */
const sourceSet = ({ source }: Operation, kept: Kept[]): Kept | undefined =>
  "kept" in source ? kept.find(({ id }) => id === source.kept) : undefined;

const restored = ({ source }: Operation): boolean => "wish" in source;

function stop(operation: Operation, kept: Kept[], { state }: Observed): Step {
  const own = ownSet(operation, kept);
  if (own && own.state === undefined) return { do: "save", state };
  const { source } = operation;
  return "kept" in source && !source.readLast ? { do: "timelines" } : { do: "phase", phase: "aside" };
}

function aside(operation: Operation, kept: Kept[], { claims, volumes }: Observed): Step {
  const own = ownSet(operation, kept);
  const there = (name: string): Volume | undefined => volumes.find((volume) => volume.name === name);
  const loose = own?.volumes.find(({ volume }) => {
    const found = there(volume);
    return found && !(found.policy === "Retain" && found.keptAs === operation.id);
  });
  if (own && loose) return { do: "keep", volume: loose, set: own };
  const old = claims.filter((claim) => !isBack(claim, sourceSet(operation, kept)));
  // A claim without a volume, or whose volume is gone, has nothing that could be lost.
  const stranger = old.find(
    ({ volume }) => volume !== undefined && there(volume) && !own?.volumes.some((used) => used.volume === volume),
  );
  if (stranger) return foreign(stranger);
  const next = old.find(({ ending }) => !ending);
  if (next) return { do: "release", claim: next.name };
  return old.length > 0 ? { do: "wait", until: "released" } : { do: "phase", phase: "fill" };
}

function fill(operation: Operation, kept: Kept[], observed: Observed): Step {
  const back = sourceSet(operation, kept);
  const stranger = observed.claims.find((claim) => !isBack(claim, back));
  if (stranger) return foreign(stranger);
  const state = wantedState(operation, back);
  if (state && !sameState(observed.state, state)) return { do: "state", state };
  const wish = "wish" in operation.source ? operation.source.wish : undefined;
  if (observed.wish !== wish?.id) return { do: "wish", wish };
  for (const used of back?.volumes ?? []) {
    const step = putBack(used, observed);
    if (step) return step;
  }
  return { do: "phase", phase: "start" };
}

/** What a kept volume needs to be a member's again; undefined where it is, or is gone. */
function putBack(used: UsedVolume, { claims, volumes }: Observed): Step | undefined {
  const volume = volumes.find(({ name }) => name === used.volume);
  if (!volume) return undefined;
  const claim = claims.find(({ name }) => name === used.claim);
  if (claim?.ending) return { do: "wait", until: "released" };
  if (claim?.bound) return undefined;
  // A claim that is gone has left its uid there, and with that the volume is nobody's.
  if (volume.claim?.name !== used.claim || (volume.claim.uid !== undefined && !claim))
    return { do: "reserve", volume: used };
  return claim ? { do: "wait", until: "bound" } : { do: "claim", volume: used };
}

function start(operation: Operation, _kept: Kept[], { replicas, primary }: Observed): Step {
  if (replicas < operation.members) return { do: "scale", replicas: operation.members };
  if (!primary) return { do: "wait", until: "writable" };
  const { source } = operation;
  // What was restored opens on a timeline of its own; an empty database that somebody else has started does not.
  if ("wish" in source && primary.timeline <= source.wish.timeline) {
    return {
      do: "refuse",
      why:
        `${primary.name} leads a database that does not come from the repository (it is on timeline ` +
        `${primary.timeline}): \`npm run restore -- --undo\` goes back to the old data.`,
    };
  }
  return { do: "phase", phase: "settle" };
}

function settle(operation: Operation, kept: Kept[], { wish, volumes, backedUp }: Observed): Step {
  if (wish !== undefined) return { do: "wish", wish: undefined };
  const back = sourceSet(operation, kept);
  const labelled = back?.volumes.find(({ volume }) =>
    volumes.some(({ name, keptAs }) => name === volume && keptAs !== undefined),
  );
  if (labelled) return { do: "unkeep", volume: labelled };
  return restored(operation) && !backedUp ? { do: "backup" } : { do: "done" };
}

/** Whether a claim has, or is to have, one of the volumes that are put back. */
function isBack(claim: Claim, back: Kept | undefined): boolean {
  return back?.volumes.some((used) => used.claim === claim.name && used.volume === claim.volume) ?? false;
}

function foreign({ name }: Claim): Step {
  return {
    do: "refuse",
    why:
      `The claim ${name} was made while ${DATABASE} was stopped, by something else than this command. ` +
      `Nothing old is on it; delete it (\`kubectl delete pvc ${name}\`), then \`npm run restore -- --resume\`.`,
  };
}

/** Patroni's state to start with: none for a database to be restored; undefined leaves what there is. */
function wantedState({ source }: Operation, back: Kept | undefined): StateObject[] | undefined {
  if ("wish" in source) return [];
  if (back?.state === undefined || source.timelinesTaken === 0) return back?.state;
  // On the lock, which every member's agent has read before it promotes.
  const lock = back.state.find(({ name }) => name === DATABASE) ?? {
    name: DATABASE,
    labels: databaseLabels(DATABASE),
    annotations: {},
  };
  const annotations = { ...lock.annotations, [TIMELINES_TAKEN]: String(source.timelinesTaken) };
  return [{ ...lock, annotations }, ...back.state.filter(({ name }) => name !== DATABASE)];
}

function sameState(one: StateObject[], other: StateObject[]): boolean {
  const text = (state: StateObject[]): string =>
    JSON.stringify(state.map(({ name, annotations }) => [name, Object.entries(annotations).sort()]).sort());
  return text(one) === text(other);
}

import { databaseLabels } from "../names";
import { POSTGRES } from "../operations";
import type { Kept, Operation, Phase, StateObject, UsedVolume, Wish } from "./journal";
import { TIMELINES_TAKEN } from "./names";

/** A member's volume claim. */
export interface Claim {
  name: string;
  /** The volume it is or will be bound to. */
  volume?: string;
  bound: boolean;
  /** Deleted, but still there until no pod uses it. */
  ending: boolean;
}

/** A volume that a member uses, or that is kept. */
export interface Volume {
  name: string;
  policy: string;
  /** Name of the kept set, from its label. */
  keptAs?: string;
  /** Claim that it is bound to or reserved for. It has a `uid` once the volume was bound to that claim. */
  claim?: { name: string; uid?: string };
}

/** The parts of the cluster's state that decide the next step of a restore. */
export interface Observed {
  /** Replicas that the StatefulSet declares. */
  replicas: number;
  /** Names of the database's pods that exist. */
  pods: string[];
  claims: Claim[];
  volumes: Volume[];
  state: StateObject[];
  /** Id of the wish (the request to the members) that is in the cluster. */
  wish?: string;
  /** The primary that accepts writes, and its timeline. */
  primary?: { name: string; timeline: number };
  /** Whether the first backup after this operation was begun. */
  backedUp: boolean;
}

/** The next thing to do. Each step can be repeated without harm. */
export type Step =
  | { do: "scale"; replicas: number }
  /** Look again after a pause. */
  | { do: "wait"; until: "ended" | "released" | "bound" | "writable" }
  /** Save Patroni's state in the journal. */
  | { do: "save"; state: StateObject[] }
  /** Save the used timelines in the journal. */
  | { do: "timelines" }
  /** Retain a volume, and label it. */
  | { do: "keep"; volume: UsedVolume; set: Kept }
  | { do: "release"; claim: string }
  /** Replace Patroni's state with this one. */
  | { do: "state"; state: StateObject[] }
  /** Write the request to the members, or remove it. */
  | { do: "wish"; wish: Wish | undefined }
  /** Reserve a volume for a claim that is still to be made. */
  | { do: "reserve"; volume: UsedVolume }
  | { do: "claim"; volume: UsedVolume }
  /** Give a volume that is in use again its own reclaim policy, and remove the labels. */
  | { do: "unkeep"; volume: UsedVolume }
  | { do: "backup" }
  | { do: "phase"; phase: Phase }
  | { do: "refuse"; why: string }
  | { do: "done" };

/**
 * The next step. Pure and without memory, so that a killed command can continue.
 *
 * - `stop`: the pods end; then Patroni's state and the used timelines are saved.
 * - `aside`: every old volume is retained and labelled; only then are the claims deleted.
 * - `fill`: Patroni's state is removed (restore) or put back (undo); the wish is written, or the old volumes get
 *   claims.
 * - `start`: the pods start, until one accepts writes.
 * - `settle`: the wish is removed and a backup begun; volumes that are in use again lose their labels.
 */
export function nextStep(operation: Operation, kept: Kept[], observed: Observed): Step {
  const stopped = operation.phase !== "start" && operation.phase !== "settle";
  // Something else may have started the members meanwhile.
  if (stopped && observed.replicas > 0) return { do: "scale", replicas: 0 };
  if (stopped && observed.pods.length > 0) return { do: "wait", until: "ended" };
  return PLAN[operation.phase](operation, kept, observed);
}

type Plan = (operation: Operation, kept: Kept[], observed: Observed) => Step;

const PLAN: Record<Phase, Plan> = { stop, aside, fill, start, settle };

const ownSet = (operation: Operation, kept: Kept[]): Kept | undefined => kept.find(({ id }) => id === operation.id);

/** The kept set that an undo puts back; undefined for a restore. */
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
  // A claim without a volume holds no data, so it may be deleted.
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

/** The next step to put a kept volume back; undefined where it is back, or is deleted. */
function putBack(used: UsedVolume, { claims, volumes }: Observed): Step | undefined {
  const volume = volumes.find(({ name }) => name === used.volume);
  if (!volume) return undefined;
  const claim = claims.find(({ name }) => name === used.claim);
  if (claim?.ending) return { do: "wait", until: "released" };
  if (claim?.bound) return undefined;
  // The uid of a deleted claim keeps the volume from binding to a new one.
  if (volume.claim?.name !== used.claim || (volume.claim.uid !== undefined && !claim))
    return { do: "reserve", volume: used };
  return claim ? { do: "wait", until: "bound" } : { do: "claim", volume: used };
}

function start(operation: Operation, _kept: Kept[], { replicas, primary }: Observed): Step {
  if (replicas < operation.members) return { do: "scale", replicas: operation.members };
  if (!primary) return { do: "wait", until: "writable" };
  const { source } = operation;
  // A restored database opens a new timeline. An empty database that something else has started does not.
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

/** Whether a claim is for one of the volumes that are put back. */
function isBack(claim: Claim, back: Kept | undefined): boolean {
  return back?.volumes.some((used) => used.claim === claim.name && used.volume === claim.volume) ?? false;
}

function foreign({ name }: Claim): Step {
  return {
    do: "refuse",
    why:
      `The claim ${name} was made while ${POSTGRES} was stopped, by something else than this command. ` +
      `Nothing old is on it; delete it (\`kubectl delete pvc ${name}\`), then \`npm run restore -- --resume\`.`,
  };
}

/** Patroni's state to start with: empty for a restore; undefined means that it stays as it is. */
function wantedState({ source }: Operation, back: Kept | undefined): StateObject[] | undefined {
  if ("wish" in source) return [];
  if (back?.state === undefined || source.timelinesTaken === 0) return back?.state;
  // The annotation is on the lock, because every agent reads the lock before it promotes its member.
  const lock = back.state.find(({ name }) => name === POSTGRES) ?? {
    name: POSTGRES,
    labels: databaseLabels(POSTGRES),
    annotations: {},
  };
  const annotations = { ...lock.annotations, [TIMELINES_TAKEN]: String(source.timelinesTaken) };
  return [{ ...lock, annotations }, ...back.state.filter(({ name }) => name !== POSTGRES)];
}

function sameState(one: StateObject[], other: StateObject[]): boolean {
  const text = (state: StateObject[]): string =>
    JSON.stringify(state.map(({ name, annotations }) => [name, Object.entries(annotations).sort()]).sort());
  return text(one) === text(other);
}

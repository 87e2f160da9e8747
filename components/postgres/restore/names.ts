import { ANNOTATIONS, claimOf, patroniNames, repositoryName, restoreNames } from "../names";
import { POSTGRES } from "../operations";

/** Patroni's objects of the database. */
export const STATE_OBJECTS = patroniNames(POSTGRES);

/** ConfigMaps of a restore: the request to the members, and the journal of the command. */
export const { wish: WISH, journal: JOURNAL } = restoreNames(POSTGRES);

/** CronJob that takes backups. */
export const BACKUP_JOB = repositoryName(POSTGRES);
/** Pod of the repository's host. */
export const REPOSITORY_POD = `${BACKUP_JOB}-0`;

/** Name of a member. */
export const member = (ordinal: number): string => `${POSTGRES}-${ordinal}`;

/** Ordinal of the member that a claim belongs to; undefined for other claims. */
export function ordinalOf(claim: string): number | undefined {
  const [, ordinal] = new RegExp(`^${claimOf(POSTGRES)}-(\\d+)$`).exec(claim) ?? [];
  return ordinal === undefined ? undefined : Number(ordinal);
}

/**
 * Labels of a kept volume. Two name the database, because namespace and name together may be too long for one label.
 */
export const KEPT = {
  /** The namespace it was in use in. */
  from: "holdfast.dev/kept-from",
  /** The database component's name. */
  of: "holdfast.dev/kept-of",
  /** Name of the set that it belongs to. */
  as: "holdfast.dev/kept-as",
} as const;

/** Annotations of a volume that is kept. */
export const KEPT_NOTES = {
  /** The claim it was bound to. */
  claim: "holdfast.dev/kept-claim",
  /** Its own reclaim policy, which it gets back when it is used again. */
  policy: "holdfast.dev/kept-policy",
  /** Since when, ISO 8601. */
  since: "holdfast.dev/kept-since",
  /** The moment its data had been restored to; missing where it was never restored. */
  restoredTo: "holdfast.dev/kept-restored-to",
} as const;

/** Annotation of Patroni's lock after an undo. */
export const TIMELINES_TAKEN = ANNOTATIONS.timelinesTaken;

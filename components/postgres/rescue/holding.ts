import { z } from "zod";
import type { SyncState, DatabaseState } from "./patroni-state";
import { syncSchema } from "./patroni-state";

/** What a member's volume holds, as `python3 -m holdfast.survey` in its pod reports it. */
export const holdingSchema = z.object({
  member: z.string(),
  /** Whether its PostgreSQL accepts connections. */
  running: z.boolean(),
  /** True for a standby, and for a primary that does not run. */
  in_recovery: z.boolean(),
  /** 0 where there is no data. */
  timeline: z.number(),
  /** End of its log on that timeline, in bytes. */
  position: z.number(),
  /** Whether the whole log was read, so that `position` is final. */
  final: z.boolean(),
  /** Time of the last commit in its log, Unix seconds; null where that is not known. */
  last_commit: z.number().nullable(),
  system_id: z.string(),
  /** pg_control's state, for example `in archive recovery`. */
  state: z.string(),
  /** Directories beside the data, with older data of this member. */
  kept: z.array(z.string()),
  /** Every member that may have been the last primary, according to this log; the newest state comes last. */
  primaries: z.array(syncSchema).min(1),
});
/** {@link holdingSchema} as a type. */
export type Holding = z.infer<typeof holdingSchema>;

/** A member as it can be seen from outside. */
export interface Survivor {
  name: string;
  /** Name of its node; empty where it is on none. */
  node: string;
  /** Name of its claim, and of the volume behind it. */
  claim: string;
  volume: string;
  /** Undefined where the member does not answer. */
  holding: Holding | undefined;
}

/** The last primary and its standbys: by the logs of the members that answer, else as Patroni wrote it. */
export function lastState({ written }: DatabaseState, survivors: Survivor[]): SyncState {
  return survivors.find(({ holding }) => holding !== undefined)?.holding?.primaries.at(-1) ?? written;
}

/** Whether a volume has a database on it. */
export const hasData = (holding: Holding): boolean => holding.timeline > 0;

/** Above 0 where `a` has more than `b`: the newer timeline counts first, then the position on it. */
export const compare = (a: Holding, b: Holding): number => a.timeline - b.timeline || a.position - b.position;

/** A moment as people write it, to the second: `2026-01-31 12:00:00 UTC`. */
export function moment(unixSeconds: number): string {
  return `${new Date(unixSeconds * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

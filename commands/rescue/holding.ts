import { z } from "zod";
import type { SyncState, DatabaseState } from "../../components/postgres/patroni-state";
import { syncSchema } from "../../components/postgres/patroni-state";

/** What a member's volume holds, as `python3 -m holdfast.survey` in its pod tells it. */
export const holdingSchema = z.object({
  member: z.string(),
  /** Whether its PostgreSQL accepts connections. */
  running: z.boolean(),
  /** A standby, or a primary that does not run. */
  in_recovery: z.boolean(),
  /** 0 where there is no data. */
  timeline: z.number(),
  /** End of its log on that timeline, in bytes. */
  position: z.number(),
  /** There is no more in its log than it says. */
  final: z.boolean(),
  /** When its last transaction was committed, Unix seconds; null where that is not known. */
  last_commit: z.number().nullable(),
  system_id: z.string(),
  /** pg_control's state, for example `in archive recovery`. */
  state: z.string(),
  /** Directories with data of this member from before, which are kept beside. */
  kept: z.array(z.string()),
  /** Every primary that may have been the last one, as far as its log tells; the newest state comes last. */
  primaries: z.array(syncSchema).min(1),
});
export type Holding = z.infer<typeof holdingSchema>;

/** A member with what can be known of it from outside. */
export interface Survivor {
  name: string;
  /** "" where it is on none. */
  node: string;
  /** Name of its claim, and of the volume behind it. */
  claim: string;
  volume: string;
  /** undefined: it does not answer. */
  holding: Holding | undefined;
}

/** Who led last: as the members that answer reckon, where there is any, else as Patroni wrote it. */
export function lastState({ written }: DatabaseState, survivors: Survivor[]): SyncState {
  return survivors.find(({ holding }) => holding !== undefined)?.holding?.primaries.at(-1) ?? written;
}

/** Whether a volume has a database on it. */
export function hasData(holding: Holding): boolean {
  return holding.timeline > 0;
}

/** Above 0 where `a` has more than `b`: the newer timeline counts first, then the position on it. */
export function compare(a: Holding, b: Holding): number {
  return a.timeline - b.timeline || a.position - b.position;
}

/** A moment for people, to the second. */
export function moment(unixSeconds: number): string {
  return `${new Date(unixSeconds * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

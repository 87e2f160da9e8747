import { z } from "zod";

/** Patroni's knowledge of a database, one of its Endpoints objects: the annotations are all there is to it. */
const stateSchema = z.object({
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
});
export type StateObject = z.infer<typeof stateSchema>;

/** A member's volume as it was in use. */
const volumeSchema = z.object({
  /** Name of the PersistentVolume. */
  volume: z.string(),
  /** Name of the claim it was bound to. */
  claim: z.string(),
  /** Reclaim policy that it had. */
  policy: z.string(),
});
export type UsedVolume = z.infer<typeof volumeSchema>;

/** Old data that is kept: the volumes of a whole database, set aside by a restore or an undo. */
const keptSchema = z.object({
  /** Name of the set: that of the operation that set it aside. */
  id: z.string(),
  /** ISO 8601. */
  since: z.string(),
  /** Which moment this data had been restored to itself; undefined for a database that just ran. */
  restoredTo: z.string().optional(),
  volumes: z.array(volumeSchema),
  /** Patroni's state when its last pod had ended; undefined until it was read, and empty where it is lost. */
  state: z.array(stateSchema).optional(),
});
export type Kept = z.infer<typeof keptSchema>;

/** What the members are asked for: everything up to a moment of a timeline, beginning with a backup. */
const wishSchema = z.object({
  id: z.string(),
  /** PostgreSQL's notation, UTC; null for the timeline's end. */
  time: z.string().nullable(),
  timeline: z.number(),
  backup: z.string(),
});
export type Wish = z.infer<typeof wishSchema>;

/** In this order; what each of them does stands in steps.ts. */
export const PHASES = ["stop", "aside", "fill", "start", "settle"] as const;
export type Phase = (typeof PHASES)[number];

/** Whether the timelines that are taken were read when no member ran, who could open one more. */
const readLast = z.boolean().default(false);

/** What is under way. */
const operationSchema = z.object({
  /** Unique, and the name of the set that the data now in use becomes. */
  id: z.string(),
  began: z.string(),
  phase: z.enum(PHASES),
  /** What a person typed after `npm run restore --`. */
  asked: z.string(),
  /** Members to start again. */
  members: z.number(),
  /** Where the database comes from: the repository, or a set that is kept. */
  source: z.union([
    z.object({ wish: wishSchema }),
    z.object({ kept: z.string(), timelinesTaken: z.number(), readLast }),
  ]),
});
export type Operation = z.infer<typeof operationSchema>;

/** Everything that a restore has to remember; undefined `operation` means that nothing is under way. */
const journalSchema = z.object({
  operation: operationSchema.optional(),
  /** Which moment the data in use was restored to, as far as anybody knows. */
  restoredTo: z.string().optional(),
  kept: z.array(keptSchema),
});
export type Journal = z.infer<typeof journalSchema>;

export const NO_JOURNAL: Journal = { kept: [] };

/** Reads a journal's text. */
export const parseJournal = (text: string): Journal => journalSchema.parse(JSON.parse(text));

/** A moment of PostgreSQL's notation in a person's: `2026-01-31 12:00:00.5 UTC`, without a fraction of zeros. */
export const utc = (time: string): string => time.replace(/(\.\d*?)0*\+00$/, "$1+00").replace(/\.?\+00$/, " UTC");

/** Which moment an operation brings the database to, in words; undefined for a database that was never restored. */
export function restoredTo({ source }: Operation, kept: Kept[]): string | undefined {
  if ("kept" in source) return kept.find(({ id }) => id === source.kept)?.restoredTo;
  return source.wish.time === null ? `the end of timeline ${source.wish.timeline}` : utc(source.wish.time);
}

/** A command of this kind as a person types it. */
export const typed = (args: string): string => `\`npm run restore${args === "" ? "" : ` -- ${args}`}\``;

/** A moment as `Date` writes it, in a person's words and whole seconds: `2026-01-31 12:00:00 UTC`. */
export const instant = (iso: string): string => `${iso.slice(0, 19).replace("T", " ")} UTC`;

/** One sentence on what is under way and how it goes on. */
export function unfinished({ asked, began }: Operation): string {
  return (
    `${typed(asked)}, begun at ${instant(began)}, is not finished: ${typed("--resume")} goes on with it, ` +
    `${typed("--undo")} goes back to the data of before it.`
  );
}

import { z } from "zod";

/** One of Patroni's Endpoints objects; its annotations are Patroni's state. */
const stateSchema = z.object({
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
});
/** {@link stateSchema} as a type. */
export type StateObject = z.infer<typeof stateSchema>;

/** A volume that a member used. */
const volumeSchema = z.object({
  /** Name of the PersistentVolume. */
  volume: z.string(),
  /** Name of the claim it was bound to. */
  claim: z.string(),
  /** Its reclaim policy before the operation. */
  policy: z.string(),
});
/** {@link volumeSchema} as a type. */
export type UsedVolume = z.infer<typeof volumeSchema>;

/** Old data that is kept: the volumes of a whole database, set aside by a restore or an undo. */
const keptSchema = z.object({
  /** Name of the set: the id of the operation that set it aside. */
  id: z.string(),
  /** ISO 8601. */
  since: z.string(),
  /** The moment this data had itself been restored to; undefined where it was never restored. */
  restoredTo: z.string().optional(),
  volumes: z.array(volumeSchema),
  /** Patroni's state after the last pod ended; undefined until it is read, empty where it is lost. */
  state: z.array(stateSchema).optional(),
});
/** {@link keptSchema} as a type. */
export type Kept = z.infer<typeof keptSchema>;

/** The request to the members (the wish): restore this backup, and replay its timeline up to this moment. */
const wishSchema = z.object({
  id: z.string(),
  /** PostgreSQL's notation, UTC; null for the timeline's end. */
  time: z.string().nullable(),
  timeline: z.number(),
  backup: z.string(),
});
/** {@link wishSchema} as a type. */
export type Wish = z.infer<typeof wishSchema>;

/** Phases of an operation, in order; steps.ts says what each does. */
const PHASES = ["stop", "aside", "fill", "start", "settle"] as const;
/** One of {@link PHASES}. */
export type Phase = (typeof PHASES)[number];

/** Whether the used timelines were read after all members had ended, so that no member can open another one. */
const readLast = z.boolean().default(false);

/** The operation that is under way. */
const operationSchema = z.object({
  /** Unique; also the name of the set in which the data in use now is kept. */
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
/** {@link operationSchema} as a type. */
export type Operation = z.infer<typeof operationSchema>;

/** Everything that a restore has to remember. Without `operation` nothing is under way. */
const journalSchema = z.object({
  operation: operationSchema.optional(),
  /** The moment the data in use was restored to; undefined where it was never restored. */
  restoredTo: z.string().optional(),
  kept: z.array(keptSchema),
});
/** {@link journalSchema} as a type. */
export type Journal = z.infer<typeof journalSchema>;

/** The journal where nothing was ever restored. */
export const NO_JOURNAL: Journal = { kept: [] };

/** Reads a journal's text. @throws an error of zod's or of JSON's where it is none */
export const parseJournal = (text: string): Journal => journalSchema.parse(JSON.parse(text));

/** A moment from PostgreSQL's notation to `2026-01-31 12:00:00.5 UTC`, without trailing zeros. */
export const utc = (time: string): string => time.replace(/(\.\d*?)0*\+00$/, "$1+00").replace(/\.?\+00$/, " UTC");

/** The moment to which an operation restores the database, in words; undefined for data that was never restored. */
export function restoredTo({ source }: Operation, kept: Kept[]): string | undefined {
  if ("kept" in source) return kept.find(({ id }) => id === source.kept)?.restoredTo;
  return source.wish.time === null ? `the end of timeline ${source.wish.timeline}` : utc(source.wish.time);
}

/** The restore command with these arguments, as a person types it. */
export const typed = (args: string): string => `\`npm run restore${args === "" ? "" : ` -- ${args}`}\``;

/** A moment from ISO 8601 to `2026-01-31 12:00:00 UTC`. */
export const instant = (iso: string): string => `${iso.slice(0, 19).replace("T", " ")} UTC`;

/** The sentence about an unfinished operation, with the commands that resume it or undo it. */
export function unfinished({ asked, began }: Operation): string {
  return (
    `${typed(asked)}, begun at ${instant(began)}, is not finished: ${typed("--resume")} goes on with it, ` +
    `${typed("--undo")} goes back to the data of before it.`
  );
}

import { ExecaError } from "execa";
import { z } from "zod";
import { reasonOf } from "../../cluster/kubectl";
import { CONTAINERS } from "../../components/postgres/operations";
import { Refusal } from "../../config/refusal";
import { DATABASE as MEMBERS } from "../support/database-notices";
import { DATABASE, REPOSITORY_POD } from "./names";
import type { Objects } from "./objects";

/** Unix seconds; null where nobody knows. */
const moment = z.number().nullable();

/** What the repository holds, as its own program tells it (components/postgres/image/holdfast/backup/catalogue.py). */
const catalogueSchema = z.object({
  backups: z.array(z.object({ label: z.string(), stop: z.number(), timeline: z.number() })),
  timelines: z.array(z.object({ id: z.number() })),
  /** What can be restored: every moment from one to the other. */
  intervals: z.array(
    z.object({
      timeline: z.number(),
      backup: z.string(),
      from: z.number(),
      to: moment,
      /** WAL is missing there, or that is the newest, or the history went on elsewhere. */
      ends: z.enum(["gap", "latest", "left"]),
    }),
  ),
  /** WAL that never came or is lost. */
  gaps: z.array(
    z.object({
      timeline: z.number(),
      first_missing: z.string(),
      last_missing: z.string(),
      segments: z.number(),
      from: moment,
      to: moment,
    }),
  ),
});
export type Catalogue = z.infer<typeof catalogueSchema>;

const choiceSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), backup: z.string(), timeline: z.number(), target: z.string().nullable() }),
  z.object({ ok: z.literal(false), reason: z.string() }),
]);

/** A moment that can be reached: by which backup, on which timeline; `target` null for its end. */
export type Choice = Extract<z.infer<typeof choiceSchema>, { ok: true }>;

const PROGRAMS = ["python3", "-m"];
const CATALOGUE = "holdfast.backup.catalogue";
/** What the repository holds of backups alone: it reads no WAL, and is quick. */
const INVENTORY = "holdfast.backup.info";

/**
 * When the newest whole full backup ended, Unix seconds; 0 for none.
 *
 * @throws Refusal where nobody can be asked
 */
export async function lastFull(objects: Objects): Promise<number> {
  const { full_ends } = z.object({ full_ends: z.array(z.number()) }).parse(await ask(objects, INVENTORY, []));
  return Math.max(0, ...full_ends);
}

/** @throws Refusal where nobody can be asked */
export async function catalogue(objects: Objects): Promise<Catalogue> {
  return catalogueSchema.parse(await ask(objects, CATALOGUE, []));
}

/**
 * Has the repository decide whether a moment can be reached, and how.
 *
 * @param time PostgreSQL's notation; @default the end of the live history
 * @param timeline of those that had the moment; @default the one it follows from
 * @throws Refusal with the repository's own reason
 */
export async function choose(
  objects: Objects,
  time: string | undefined,
  timeline: number | undefined,
): Promise<Choice> {
  const args = [
    "choose",
    ...(timeline === undefined ? [] : ["--timeline", String(timeline)]),
    ...(time === undefined ? [] : ["--to", time]),
  ];
  const choice = choiceSchema.parse(await ask(objects, CATALOGUE, args));
  if (!choice.ok) throw new Refusal(choice.reason);
  return choice;
}

/** Asks the repository's host, or with an object store whichever member's side container answers. */
async function ask(objects: Objects, program: string, args: string[]): Promise<unknown> {
  const members = await objects.list("pod", MEMBERS);
  const hosts = [
    [REPOSITORY_POD, "repository"] as const,
    ...members.map(({ metadata }) => [metadata?.name ?? "", CONTAINERS.backup] as const),
  ];
  let last = "no pod of either";
  for (const [pod, container] of hosts) {
    try {
      return JSON.parse(await objects.exec(pod, container, ...PROGRAMS, program, ...args));
    } catch (error) {
      const said = error instanceof ExecaError ? String(error.stdout ?? "") : "";
      // A refusal may come with an exit code of its own.
      if (said.trimStart().startsWith("{")) return JSON.parse(said);
      last = `${pod}: ${reasonOf(error)}`;
    }
  }
  throw new Refusal(
    `Neither ${REPOSITORY_POD} nor a member of ${DATABASE} tells what the repository holds (${last}). ` +
      "Nothing was changed: " +
      "look with `npm run status`; `npm run up` starts what is not there.",
  );
}

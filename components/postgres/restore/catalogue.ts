import { ExecaError } from "execa";
import { z } from "zod";
import { reasonOf } from "../../../cluster/kubectl";
import { CONTAINERS, POSTGRES, SELECTOR } from "../operations";
import { Refusal } from "../../../config/refusal";
import { REPOSITORY_POD } from "./names";
import type { Objects } from "./objects";

/** Unix seconds; null where the moment is not known. */
const moment = z.number().nullable();

/** What the repository holds, as its own program tells it (components/postgres/image/holdfast/backup/catalogue.py). */
const catalogueSchema = z.object({
  backups: z.array(z.object({ label: z.string(), stop: z.number(), timeline: z.number() })),
  timelines: z.array(z.object({ id: z.number() })),
  /** Intervals in which every moment can be restored. */
  intervals: z.array(
    z.object({
      timeline: z.number(),
      backup: z.string(),
      from: z.number(),
      to: moment,
      /** Why it ends: WAL is missing, it is the newest that is archived, or another timeline goes on. */
      ends: z.enum(["gap", "latest", "left"]),
    }),
  ),
  /** WAL that was never archived, or is lost. */
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
/** {@link catalogueSchema} as a type. */
export type Catalogue = z.infer<typeof catalogueSchema>;

const choiceSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), backup: z.string(), timeline: z.number(), target: z.string().nullable() }),
  z.object({ ok: z.literal(false), reason: z.string() }),
]);

/** How a moment can be restored: the backup, the timeline, and the moment on it (null for the timeline's end). */
export type Choice = Extract<z.infer<typeof choiceSchema>, { ok: true }>;

const PROGRAMS = ["python3", "-m"];
const CATALOGUE = "holdfast.backup.catalogue";
/** Lists backups only. It reads no WAL, so it is quick. */
const INVENTORY = "holdfast.backup.info";

/**
 * When the newest whole full backup ended, Unix seconds; 0 for none.
 *
 * @throws Refusal where no pod answers
 */
export async function lastFull(objects: Objects): Promise<number> {
  const { full_ends } = z.object({ full_ends: z.array(z.number()) }).parse(await ask(objects, INVENTORY, []));
  return Math.max(0, ...full_ends);
}

/** Everything that the repository holds. @throws Refusal where no pod answers */
export async function catalogue(objects: Objects): Promise<Catalogue> {
  return catalogueSchema.parse(await ask(objects, CATALOGUE, []));
}

/**
 * Asks the repository whether a moment can be restored, and how.
 *
 * @param time in PostgreSQL's notation; @default the end of the live history
 * @param timeline where several had the moment; @default the one that the live history follows from
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

/** Asks the repository's host, or, where an object store is used, the first member whose backup container answers. */
async function ask(objects: Objects, program: string, args: string[]): Promise<unknown> {
  const members = await objects.list("pod", SELECTOR);
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
      // A refusal is JSON as well, with an exit code other than 0.
      if (said.trimStart().startsWith("{")) return JSON.parse(said);
      last = `${pod}: ${reasonOf(error)}`;
    }
  }
  throw new Refusal(
    `Neither ${REPOSITORY_POD} nor a member of ${POSTGRES} tells what the repository holds (${last}). ` +
      "Nothing was changed: look with `npm run status`; `npm run up` starts what is not there.",
  );
}

import { Impossible } from "../../local/docker/engine";

/** What a backup repository holds, as the database image tells it. */
export interface Inventory {
  /** Unix seconds at which whole backups ended, oldest first. */
  ends: number[];
}

const EXAMPLE = "2026-01-31T12:00:00Z";

/**
 * When the first whole backup ended, in Unix seconds.
 *
 * @param kubectl how the stack's namespace is reached, for the command that makes a backup
 * @throws Impossible where there is nothing to restore from
 */
export function firstBackup({ ends: [first] }: Inventory, kubectl: string): number {
  if (first !== undefined) return first;
  throw new Impossible(`There is no backup to restore from yet: \`${kubectl} create job --from=cronjob/postgres-backup first-backup\` makes one, and each night does.`);
}

/**
 * Checks a wished moment against what can be restored.
 *
 * @param wish as typed: ISO 8601 with a time zone
 * @param first Unix seconds at which the first whole backup ended
 * @param now milliseconds since 1970
 * @returns the moment in PostgreSQL's own notation, UTC
 * @throws Impossible with one sentence on what to type instead
 */
export function restorableMoment(wish: string, first: number, now: number): string {
  const iso = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?( ?(Z|[+-]\d{2}(:?\d{2})?))$/;
  const milliseconds = iso.test(wish) ? Date.parse(normalised(wish)) : Number.NaN;
  if (Number.isNaN(milliseconds)) throw new Impossible(`"${wish}" is no moment: write date, time to the second and time zone, for example ${EXAMPLE}.`);
  if (milliseconds > now) throw new Impossible(`${wish} is in the future: the newest moment that can be restored is now, ${new Date(now).toISOString()}.`);
  if (milliseconds < first * 1000) {
    throw new Impossible(`${wish} is before the first backup was whole: the oldest moment that can be restored is ${new Date(first * 1000).toISOString()}.`);
  }
  // Seconds and their fraction as typed; PostgreSQL knows microseconds, a JavaScript date does not.
  const fraction = /\.\d+/.exec(wish)?.[0] ?? "";
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ")}${fraction}+00`;
}

/** In the one form that every `Date.parse` reads: `T` between date and time, a colon in the offset, milliseconds at most. */
function normalised(wish: string): string {
  const [, date, time, fraction = "", zone = "Z"] = /^(\S{10})[T ](\d{2}:\d{2}:\d{2})(\.\d+)? ?(.*)$/.exec(wish) ?? [];
  const offset = zone === "Z" ? "Z" : `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "") || "00"}`;
  return `${date}T${time}${fraction.slice(0, 4)}${offset}`;
}

import { Refusal } from "../../../config/refusal";

const EXAMPLE = "2026-01-31T12:00:00Z";

/**
 * Reads the moment to restore to. Whether it can be restored, only the repository knows.
 *
 * @param wish as typed: ISO 8601 with a time zone
 * @returns the moment in PostgreSQL's own notation, UTC
 * @throws Refusal with one sentence on what to type instead
 */
export function wishedMoment(wish: string): string {
  const iso = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?( ?(Z|[+-]\d{2}(:?\d{2})?))$/;
  const milliseconds = iso.test(wish) && isDay(wish.slice(0, 10)) ? Date.parse(normalised(wish)) : Number.NaN;
  if (Number.isNaN(milliseconds))
    throw new Refusal(`"${wish}" is no moment: write date, time to the second and time zone, for example ${EXAMPLE}.`);
  // Seconds and their fraction as typed; PostgreSQL knows microseconds, a JavaScript date does not.
  const fraction = /\.\d+/.exec(wish)?.[0] ?? "";
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ")}${fraction}+00`;
}

/** Whether the calendar has that day. `Date` reads 30 February as 2 March, and would restore the wrong data. */
function isDay(date: string): boolean {
  const midnight = Date.parse(date);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date);
}

/** In the one form that every `Date.parse` reads: `T` in the middle, a colon in the offset, milliseconds at most. */
function normalised(wish: string): string {
  const [, date, time, fraction = "", zone = "Z"] = /^(\S{10})[T ](\d{2}:\d{2}:\d{2})(\.\d+)? ?(.*)$/.exec(wish) ?? [];
  const offset = zone === "Z" ? "Z" : `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "") || "00"}`;
  return `${date}T${time}${fraction.slice(0, 4)}${offset}`;
}

/** What Kubernetes and every shell take as the name of a variable. */
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether a program can be given a variable of this name. */
export const isVariable = (name: string): boolean => VARIABLE.test(name);

/**
 * Refuses a number that is none of the allowed ones.
 *
 * @param of the component, for the sentence: `Worker mail`
 * @throws Error naming the argument, its value and what is allowed
 */
export function requireNumber(of: string, key: string, value: number, bounds: { least: number; most?: number }): void {
  const { least, most = Number.MAX_SAFE_INTEGER } = bounds;
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const wanted = bounds.most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new Error(`${of}: ${key} is ${value}; it must be a whole number ${wanted}.`);
}

/** Fields of a schedule, in order: least and greatest number, and names that stand for numbers. */
const FIELDS: { what: string; least: number; most: number; names?: string[] }[] = [
  { what: "minute", least: 0, most: 59 },
  { what: "hour", least: 0, most: 23 },
  { what: "day of the month", least: 1, most: 31 },
  { what: "month", least: 1, most: 12, names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" ") },
  { what: "day of the week", least: 0, most: 7, names: "sun mon tue wed thu fri sat".split(" ") },
];

/**
 * What is wrong with a schedule in cron's five fields; undefined if nothing is. Kubernetes' own words (`@daily`) are
 * not taken: they all fall on the full hour, as everybody's do.
 */
export function scheduleFault(schedule: string): string | undefined {
  const fields = schedule.trim().split(/\s+/);
  if (fields.length !== FIELDS.length)
    return `it has ${fields.length} fields; cron's five are minute, hour, day of the month, month, day of the week`;
  const wrong = FIELDS.findIndex((field, index) => !fields[index]!.split(",").every((part) => isPart(part, field)));
  return wrong < 0 ? undefined : `its ${FIELDS[wrong]!.what} can't be ${fields[wrong]}`;
}

/** Whether a text is a number, a range of them, or all, with a step or without. */
function isPart(part: string, { least, most, names = [] }: (typeof FIELDS)[number]): boolean {
  const [, from, to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part) ?? [];
  if (from === undefined || step === "0") return false;
  if (from === "*") return to === undefined;
  const numbers = [from, to ?? from].map((text) => {
    const named = names.indexOf(text.toLowerCase());
    return named < 0 ? (/^\d+$/.test(text) ? Number(text) : Number.NaN) : named + least;
  });
  return numbers.every((number) => number >= least && number <= most) && numbers[0]! <= numbers[1]!;
}

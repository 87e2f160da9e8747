/** Arguments in which nothing is missing that there is a default for. */
export type Completed<Args, Defaults> = Omit<Args, keyof Defaults> & {
  [Name in keyof Defaults & keyof Args]-?: Exclude<Args[Name], undefined>;
};

/** Fills in the defaults of what a caller left out, or stated as undefined. */
export function completed<Args extends object, Defaults extends Partial<Args>>(
  args: Args,
  defaults: Defaults,
): Completed<Args, Defaults> {
  const stated = Object.entries(args).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(stated) } as unknown as Completed<Args, Defaults>;
}

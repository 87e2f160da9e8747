/**
 * Name of what belongs to one generation of passwords: the first has the plain name, each later one a number. A Secret
 * of another generation is another resource under another name: none is ever changed or replaced, what names it rolls
 * over to the new one, and Pulumi deletes the old one last, after the update has succeeded.
 */
export function ofGeneration(name: string, generation: number): string {
  return generation === 1 ? name : `${name}-${generation}`;
}

/**
 * Generations whose passwords are let in while one is current: the one before, for whoever has not rolled over yet or
 * holds it elsewhere, and the one after, so that nobody has a password before it works.
 */
export function acceptedGenerations(current: number): number[] {
  return [current - 1, current, current + 1].filter((generation) => generation >= 1);
}

/**
 * Generations whose Secrets there are: pods of the one before can still start, in whatever program they are declared.
 */
export function heldGenerations(current: number): number[] {
  return acceptedGenerations(current).filter((generation) => generation <= current);
}

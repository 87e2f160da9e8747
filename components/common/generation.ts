/**
 * Name of what belongs to one generation of passwords: the first has the plain name, each later one a number. A Secret of
 * another generation is another resource under another name: none is ever changed or replaced, what names it rolls over
 * to the new one, and Pulumi deletes the old one last, after the update has succeeded.
 */
export function ofGeneration(name: string, generation: number): string {
  return generation === 1 ? name : `${name}-${generation}`;
}

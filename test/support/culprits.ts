/**
 * Which of a group makes it fail: halves are tried until one member is left. Where the whole fails and neither half
 * does, it takes members of both, and all of them are named.
 *
 * @param group fails as a whole
 * @param fails whether some members fail without the others
 */
export async function culprits<T>(
  group: readonly T[],
  fails: (members: readonly T[]) => Promise<boolean>,
): Promise<T[]> {
  if (group.length === 1) return [...group];
  const middle = Math.ceil(group.length / 2);
  const found: T[] = [];
  for (const half of [group.slice(0, middle), group.slice(middle)])
    if (await fails(half)) found.push(...(await culprits(half, fails)));
  return found.length > 0 ? found : [...group];
}

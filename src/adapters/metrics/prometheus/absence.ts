/**
 * The scrapes of a process at which it is known whether some of its series were there: their own, and those without them.
 *
 * Where others went in the moment in which these came, another process has answered in the place of the first (a hot
 * restart, two that take turns at one address): it may have counted for days before, so that nobody saw it earlier says
 * nothing.
 *
 * @param own when these series were there
 * @param others when the others of the same process were there, those that belong together in one set
 */
export function scrapesKnownOf(
  scrapes: readonly number[],
  own: ReadonlySet<number>,
  others: readonly ReadonlySet<number>[],
): readonly number[] {
  const known: number[] = [];
  let without: number[] = [];
  for (const atMs of scrapes) {
    const beforeMs = without.at(-1);
    if (!own.has(atMs)) {
      without.push(atMs);
      continue;
    }
    const haveReplaced = beforeMs !== undefined && others.some((other) => other.has(beforeMs) && !other.has(atMs));
    known.push(...(haveReplaced ? [] : without), atMs);
    without = [];
  }
  return [...known, ...without];
}

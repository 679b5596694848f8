/** Under which key the data of a journal's line names the backend that its rollout goes back to. */
export const BASELINE_DATA = 'baseline';

/** As much of a journal's line as tells where a service stands. */
export interface JournaledLine {
  readonly rolloutId: string;
  readonly kind: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** How a service stands, as far as the journal knows. */
export type Journaled =
  | { readonly kind: 'inFlight'; readonly baseline: string | null }
  | { readonly kind: 'resting' }
  /** It has never had a rollout. */
  | { readonly kind: 'unknown' };

/** @param lines of one service, oldest first */
export function journaledOf(lines: readonly JournaledLine[]): Journaled {
  const last = lines.at(-1);
  if (last === undefined) return { kind: 'unknown' };
  const own = lines.filter(({ rolloutId }) => rolloutId === last.rolloutId);
  // What a person has set past every rollout is what was wanted last.
  if (last.kind === 'break-glass' || own.some(({ kind }) => kind === 'outcome')) return { kind: 'resting' };
  const known = own.findLast(({ data }) => typeof data?.[BASELINE_DATA] === 'string');
  const baseline = known?.data?.[BASELINE_DATA];
  return { kind: 'inFlight', baseline: typeof baseline === 'string' ? baseline : null };
}

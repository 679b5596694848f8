export const EDGES: ReadonlySet<string> = new Set(['le']);

export type Labels = Readonly<Record<string, string>>;

/** Told apart within one process whatever it counts: by what is counted, and by the edges of its buckets. */
const ALWAYS_WITHIN = ['__name__', 'le'];

const MATCHER = /([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)/g;

/**
 * The labels by which one process tells its own series apart. How requests ended is one of them: that is what `errors`
 * and `unanswered` ask for and `requests` does not.
 */
export function labelsWithin({
  requests,
  errors,
  unanswered = '',
}: {
  readonly requests: string;
  readonly errors: string;
  readonly unanswered?: string;
}): ReadonlySet<string> {
  const asked = new Set([...requests.matchAll(MATCHER)].map(([matcher]) => matcher));
  const ofOthers = [errors, unanswered].flatMap((one) => [...one.matchAll(MATCHER)]);
  const own = ofOthers.filter(([matcher]) => !asked.has(matcher));
  return new Set([...ALWAYS_WITHIN, ...own.map(([, name = '']) => name)]);
}

/** Labels as text that is equal where they are, those in `without` left out. */
export function keyOf(labels: Labels, without: ReadonlySet<string>): string {
  const own = Object.entries(labels).filter(([name]) => !without.has(name));
  return JSON.stringify(own.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether two series may be of one process: they differ in no label that both have. */
export function agree(one: Labels, other: Labels, without: ReadonlySet<string>): boolean {
  return Object.entries(one).every(([name, value]) => without.has(name) || (other[name] ?? value) === value);
}

/** Words that other tools use, and what they are called here. */
const FOREIGN_WORDS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    weight: ['traffic', 'weights'],
    setweight: ['traffic'],
    trafficsplit: ['traffic'],
    trafficpercentage: ['traffic'],
    percent: ['traffic'],
    share: ['traffic'],
    pause: ['duration', 'durationMinutes'],
    bake: ['duration', 'durationMinutes'],
    steps: ['stages'],
    analysis: ['checks', 'successCriteria'],
    criteria: ['checks', 'successCriteria'],
    successcriteria: ['checks'],
    checks: ['successCriteria'],
    rollback: ['abort'],
    threshold: ['max', 'successThreshold'],
    limit: ['max', 'failureLimit'],
    interval: ['monitoringInterval'],
    approvals: ['requireManualApproval'],
    promql: ['query'],
    application: ['service'],
    app: ['service'],
    path: ['endpoints'],
    endpoint: ['endpoints'],
    address: ['instances', 'url'],
    adminurl: ['instances'],
    directory: ['path'],
    folder: ['path'],
    slots: ['backends'],
    targets: ['backends'],
  }),
);

/** So many letters say what is begun: `errorRate` for `errorRateThreshold`. */
const LONG_ENOUGH = 4;

/** What a person probably meant by `word`; `undefined` when nothing among `known` comes near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const wanted = plain(word);
  const translated = FOREIGN_WORDS.get(wanted)?.find((candidate) => known.includes(candidate));
  if (translated !== undefined) return translated;
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(wanted, plain(candidate));
    if (best === undefined || distance < best.distance) best = { candidate, distance };
  }
  if (best !== undefined && best.distance <= tolerance(wanted)) return best.candidate;
  const begun = known.filter((candidate) => wanted.length >= LONG_ENOUGH && plain(candidate).startsWith(wanted));
  return begun.length === 1 ? begun[0] : undefined;
}

/** `did you mean "traffic"?`, or all that is known where nothing comes near. */
export function suggestion(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? `Known here: ${known.join(', ')}` : `Did you mean ${meant}?`;
}

/** Case and separators are not what people get wrong on purpose: `error_rate` is `errorRate`. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[\s_-]/g, '');
}

/** A third of the letters may be wrong, of a short word only one. */
function tolerance(word: string): number {
  return Math.max(1, Math.floor(word.length / 3));
}

/** How many letters must be added, dropped, changed or swapped with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(beforeLast, j - 2) + 1 : Infinity;
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, changed, swapped));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}

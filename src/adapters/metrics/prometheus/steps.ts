/** A range of time cut into steps; the last may be shorter. Each is (start, end]. */
export interface Steps {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** When each step ends. */
export function endsOf({ fromMs, toMs, stepMs }: Steps): readonly number[] {
  const count = Math.max(0, Math.ceil((toMs - fromMs) / stepMs));
  return Array.from({ length: count }, (_, step) => Math.min(fromMs + (step + 1) * stepMs, toMs));
}

/**
 * The step that a scrape belongs to; `undefined` outside the range.
 *
 * So the edges of a step are the last scrapes at or before its ends, whoever asks: steps that meet share no scrape and
 * leave none out.
 */
export function stepOf(atMs: number, { fromMs, toMs, stepMs }: Steps): number | undefined {
  return atMs > fromMs && atMs <= toMs ? Math.ceil((atMs - fromMs) / stepMs) - 1 : undefined;
}

/** The range in parts of whole steps, each at most `longestMs` long but for a step that is longer by itself. */
export function partsOf({ fromMs, toMs, stepMs }: Steps, longestMs: number): readonly Steps[] {
  const partMs = Math.max(1, Math.floor(longestMs / stepMs)) * stepMs;
  const count = Math.max(0, Math.ceil((toMs - fromMs) / partMs));
  return Array.from({ length: count }, (_, part) => ({
    fromMs: fromMs + part * partMs,
    toMs: Math.min(fromMs + (part + 1) * partMs, toMs),
    stepMs,
  }));
}

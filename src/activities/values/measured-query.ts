import { worstValue } from '../../domain/analysis/engines/threshold/worst-value.js';
import type { NamedScalar } from '../../inspection/scalars.js';
import type { MetricSource } from '../../ports/metric-source.js';
import type { StageView } from '../contracts.js';
import { forgetUntil, type KnownValues, type ValuesOfQuery } from './known-values.js';
import { intervalsWithout, valuesByInterval, type IntervalEnds, type TimedValue } from './values-by-interval.js';

/** How many questions about the past of one stage are under way at once. */
const QUESTIONS_AT_ONCE = 4;

/** `null` where the source has no value at this moment, `undefined` where it cannot be asked. */
export type AskValue = (atMs: number, signal?: AbortSignal) => Promise<number | null | undefined>;

/** One query of a stage at its source, and what this process knows of its values. */
export class MeasuredQuery {
  constructor(
    private readonly scalar: NamedScalar,
    private readonly source: MetricSource,
    private readonly view: StageView,
    private readonly askSource: AskValue,
    private readonly values: KnownValues,
  ) {}

  get name(): string {
    return this.scalar.name;
  }

  /** Whether what the source said of a moment can be asked for again later. */
  get answersThePast(): boolean {
    return this.source.answersThePast ?? true;
  }

  /** Oldest first. */
  get timedValues(): readonly TimedValue[] {
    return valuesIn(this.known).toSorted(([a], [b]) => a - b);
  }

  forgetEarlierStages(): void {
    forgetUntil(this.known, this.view.startedAtMs);
  }

  /** What another process has measured; what is known here already stays. */
  remember(values: readonly TimedValue[]): void {
    const known = this.known;
    for (const [atMs, value] of values) if (!known.has(atMs)) known.set(atMs, value);
  }

  /** The values at exactly these moments. */
  async at(momentsMs: readonly number[], signal?: AbortSignal): Promise<readonly (number | null | undefined)[]> {
    const before = this.known;
    await this.ask(
      momentsMs.filter((atMs) => !before.has(atMs)),
      signal,
    );
    const known = this.known;
    return momentsMs.map((atMs) => known.get(atMs));
  }

  /** Asks for the value of this moment, unless it is known, or was passed by: then what the source says now is of a later one. */
  async measure(atMs: number, signal?: AbortSignal): Promise<void> {
    const known = this.known;
    const isPassed = known.has(atMs) || valuesIn(known).some(([measuredAtMs]) => measuredAtMs > atMs);
    if (!isPassed) await this.ask([atMs], signal);
  }

  /** Of several values in one interval the worst one counts: a bad one must not become a good one. */
  byInterval(intervals: IntervalEnds): readonly (number | undefined)[] {
    const { checks } = this.view.plan.analysis;
    return valuesByInterval(valuesIn(this.known), intervals).map((timed) =>
      worstValue(
        checks,
        this.name,
        timed.map(([, value]) => value),
      ),
    );
  }

  /** Why most intervals have no value, and can have none any more, as a sentence; `null` where they have. */
  whyUnmeasured(intervals: IntervalEnds): string | null {
    if (this.answersThePast) return null;
    const { monitoringIntervalMs, plan } = this.view;
    // Where intervals were longer before, one value stood for several of the present ones.
    const coversMs = Math.max(monitoringIntervalMs, plan.monitoringIntervalMs);
    const missing = intervalsWithout(valuesIn(this.known), intervals, coversMs);
    const all = intervals.endsMs.length;
    if (missing * 2 <= all) return null;
    return (
      `${this.name}: ${String(missing)} of the stage's ${String(all)} intervals have no value: its source cannot be ` +
      'asked for the past, and this worker knows of no other that measured then'
    );
  }

  private async ask(momentsMs: readonly number[], signal: AbortSignal | undefined): Promise<void> {
    // The newest first: where the source goes away meanwhile, the oldest are asked for the next time.
    const left = [...momentsMs];
    const askOn = async (): Promise<void> => {
      for (let atMs = left.pop(); atMs !== undefined; atMs = left.pop()) {
        const value = await this.askSource(atMs, signal);
        if (value === undefined) left.length = 0;
        else if (value !== null || this.isFinal(atMs)) this.known.set(atMs, value);
      }
    };
    await Promise.all(Array.from({ length: Math.min(QUESTIONS_AT_ONCE, momentsMs.length) }, askOn));
  }

  /** A source may learn of a moment a little later; then it is still asked for again. */
  private isFinal(atMs: number): boolean {
    return Date.now() - atMs > this.view.monitoringIntervalMs;
  }

  private get known(): ValuesOfQuery {
    return this.values.of(this.source, this.view.rolloutId, this.scalar.query);
  }
}

function valuesIn(known: ValuesOfQuery): readonly TimedValue[] {
  return [...known].flatMap(([atMs, value]) => (value === null ? [] : [[atMs, value] as const]));
}

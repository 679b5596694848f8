import { worstValue } from '../../domain/analysis/threshold/worst-value.js';
import { AdapterUnavailableError } from '../../domain/errors.js';
import type { MetricSource } from '../../ports/metric-source.js';
import type { ServicePorts } from '../../ports/service.js';
import type { StageView } from '../contracts.js';
import { namedScalars, readScalar, sourceOf, type NamedScalar } from '../scalars.js';
import { forgetUntil, knownValues, type ValuesOfQuery } from './known-values.js';
import { intervalsWithout, valuesByInterval, type IntervalEnds, type TimedValue } from './values-by-interval.js';

/** How many questions about the past of one stage are under way at once. */
const QUESTIONS_AT_ONCE = 4;

/** So many values of each query travel in heartbeats: what a source that cannot be asked again has said. */
const MOST_KEPT = 500;

/** Values by the name of their check. */
export type Values = Readonly<Record<string, number>>;

/** What was measured and cannot be asked for again: by the name of the check, when each value was measured, and the values. */
export type KeptValues = Readonly<Record<string, readonly TimedValue[]>>;

/** Where values are that another process has measured. */
export type RecallValues = () => Promise<KeptValues>;

/**
 * The values of a plan's queries at the ends of a stage's intervals, each asked for once in this process, whether the
 * watch or the judge wants it.
 *
 * A source that can be asked for the past is, so a stage that is read again has the same values. Of one that cannot, what
 * was measured at the time is kept, and an interval in which nobody measured is unknown. What was kept counts for the
 * interval in which it was measured, also where intervals were shorter or longer then.
 */
export class MeasuredValues {
  /** Why values are unknown, as of the last question. */
  trouble: readonly string[] = [];
  /** Of the last question, one sentence per query of which most intervals have no value, and none can be had any more. */
  unmeasured: readonly string[] = [];
  private recalledUntilMs = -Infinity;
  private recalled: Promise<void> | null = null;

  constructor(
    private readonly service: ServicePorts,
    private readonly view: StageView,
    kept: KeptValues = {},
    private readonly recall: RecallValues = () => Promise.resolve({}),
  ) {
    for (const scalar of this.scalars) {
      const source = this.sourceOf(scalar);
      if (source !== null) forgetUntil(this.knownOf(scalar, source), view.startedAtMs);
    }
    this.remember(kept);
    this.trouble = [];
  }

  /** The value of each interval, oldest first; one that is missing is unknown. */
  async of(intervals: IntervalEnds, signal?: AbortSignal): Promise<readonly Values[]> {
    this.trouble = [];
    const all = await Promise.all(this.scalars.map((scalar) => this.valuesOf(scalar, intervals, signal)));
    this.unmeasured = this.scalars.flatMap((scalar) => this.whyUnmeasured(scalar, intervals));
    return intervals.endsMs.map((_, index) => this.named((scalar) => all[scalar]?.[index]));
  }

  /** What is kept of a part of an interval: where intervals were shorter before, something may be. */
  keptIn(startMs: number, endMs: number): Values {
    return this.named((index) => {
      const scalar = this.scalars[index];
      const source = scalar === undefined ? null : this.sourceOf(scalar);
      if (scalar === undefined || source === null || answersThePast(source)) return undefined;
      return this.keptByInterval(scalar, source, { startMs, endsMs: [endMs] })[0];
    });
  }

  /** The values at this moment, for a picture; they are not kept. */
  async now(atMs: number, signal?: AbortSignal): Promise<Values> {
    this.trouble = [];
    const values = await Promise.all(
      this.scalars.map(async (scalar) => [scalar.name, await this.ask(scalar, atMs, signal)] as const),
    );
    return Object.fromEntries(
      values.filter((entry): entry is readonly [string, number] => typeof entry[1] === 'number'),
    );
  }

  /** What a restarted watch must be told, because it cannot ask for it. */
  get kept(): KeptValues {
    return Object.fromEntries(
      this.scalars.flatMap((scalar) => {
        const source = this.sourceOf(scalar);
        if (source === null || answersThePast(source)) return [];
        const known = valuesIn(this.knownOf(scalar, source)).toSorted(([a], [b]) => a - b);
        return known.length === 0 ? [] : [[scalar.name, known.slice(-MOST_KEPT)]];
      }),
    );
  }

  private get scalars(): readonly NamedScalar[] {
    return namedScalars(this.view.plan);
  }

  private named(valueOf: (scalar: number) => number | null | undefined): Values {
    return Object.fromEntries(
      this.scalars.flatMap(({ name }, scalar) => {
        const value = valueOf(scalar);
        return typeof value === 'number' ? [[name, value] as const] : [];
      }),
    );
  }

  private async valuesOf(
    scalar: NamedScalar,
    intervals: IntervalEnds,
    signal?: AbortSignal,
  ): Promise<readonly (number | null | undefined)[]> {
    const source = this.sourceOf(scalar);
    if (source === null) return [];
    const { endsMs } = intervals;
    if (answersThePast(source)) {
      const missing = endsMs.filter((endMs) => !this.knownOf(scalar, source).has(endMs));
      await this.askAll(scalar, source, missing, signal);
      const known = this.knownOf(scalar, source);
      return endsMs.map((endMs) => known.get(endMs));
    }
    const kept = this.keptByInterval(scalar, source, intervals);
    const newestMs = endsMs.at(-1);
    // At first also for the newest: where intervals were shorter before, others may have measured in it.
    const mayBeRecalled = (endMs: number): boolean => endMs !== newestMs || this.recalled === null;
    await this.recallOnce(endsMs.filter((endMs, index) => kept[index] === undefined && mayBeRecalled(endMs)));
    if (newestMs !== undefined && !this.isMeasuredSince(scalar, source, newestMs))
      await this.askAll(scalar, source, [newestMs], signal);
    return this.keptByInterval(scalar, source, intervals);
  }

  /** Of several values in one interval the worst one counts: a bad one must not become a good one. */
  private keptByInterval(
    scalar: NamedScalar,
    source: MetricSource,
    intervals: IntervalEnds,
  ): readonly (number | undefined)[] {
    const { checks } = this.view.plan.analysis;
    return valuesByInterval(valuesIn(this.knownOf(scalar, source)), intervals).map((values) =>
      worstValue(
        checks,
        scalar.name,
        values.map(([, value]) => value),
      ),
    );
  }

  private whyUnmeasured(scalar: NamedScalar, intervals: IntervalEnds): readonly string[] {
    const source = this.sourceOf(scalar);
    if (source === null || answersThePast(source)) return [];
    const { monitoringIntervalMs, plan } = this.view;
    // Where intervals were longer before, one value stood for several of the present ones.
    const coversMs = Math.max(monitoringIntervalMs, plan.monitoringIntervalMs);
    const missing = intervalsWithout(valuesIn(this.knownOf(scalar, source)), intervals, coversMs);
    const all = intervals.endsMs.length;
    if (missing * 2 <= all) return [];
    return [
      `${scalar.name}: ${String(missing)} of the stage's ${String(all)} intervals have no value: its source cannot be ` +
        'asked for the past, and this worker knows of no other that measured then',
    ];
  }

  /** Whether the moment is known, or was passed by: then what the source says now belongs to a later interval. */
  private isMeasuredSince(scalar: NamedScalar, source: MetricSource, atMs: number): boolean {
    const known = this.knownOf(scalar, source);
    return known.has(atMs) || valuesIn(known).some(([measuredAtMs]) => measuredAtMs > atMs);
  }

  private async askAll(
    scalar: NamedScalar,
    source: MetricSource,
    endsMs: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    // The newest first: where the source goes away meanwhile, the oldest are asked for the next time.
    const left = [...endsMs];
    const askOn = async (): Promise<void> => {
      for (let endMs = left.pop(); endMs !== undefined; endMs = left.pop()) {
        const value = await this.ask(scalar, endMs, signal);
        if (value === undefined) left.length = 0;
        else if (value !== null || this.isFinal(endMs)) this.knownOf(scalar, source).set(endMs, value);
      }
    };
    await Promise.all(Array.from({ length: Math.min(QUESTIONS_AT_ONCE, endsMs.length) }, askOn));
  }

  /** A source may learn of a moment a little later; then it is still asked for again. */
  private isFinal(endMs: number): boolean {
    return Date.now() - endMs > this.view.monitoringIntervalMs;
  }

  /** `null` where the source has no value, `undefined` where it cannot be asked. */
  private async ask(scalar: NamedScalar, atMs: number, signal?: AbortSignal): Promise<number | null | undefined> {
    try {
      const value = await readScalar(this.service, this.view.plan, this.view.roles.candidate, scalar, atMs, signal);
      return value === 'no-data' ? null : value;
    } catch (error) {
      this.note(scalar, error);
      return undefined;
    }
  }

  private sourceOf(scalar: NamedScalar): MetricSource | null {
    try {
      return sourceOf(this.service, scalar);
    } catch (error) {
      this.note(scalar, error);
      return null;
    }
  }

  private note({ name }: NamedScalar, error: unknown): void {
    if (!(error instanceof AdapterUnavailableError)) throw error;
    const sentence = `${name}: ${error.message}`;
    if (!this.trouble.includes(sentence)) this.trouble = [...this.trouble, sentence];
  }

  private knownOf({ query }: NamedScalar, source: MetricSource): ValuesOfQuery {
    return knownValues(source, this.view.rolloutId, query);
  }

  /** Looks once for what another process has measured, and again only for intervals that were to come then. */
  private async recallOnce(missingMs: readonly number[]): Promise<void> {
    const newestMs = missingMs.at(-1);
    if (newestMs !== undefined && newestMs > this.recalledUntilMs) {
      this.recalledUntilMs = newestMs;
      this.recalled = this.recall().then((values) => {
        this.remember(values);
      });
    }
    // Another query may have asked for the same: it is there for both.
    await this.recalled;
  }

  private remember(values: KeptValues): void {
    for (const scalar of this.scalars) {
      const source = Object.hasOwn(values, scalar.name) ? this.sourceOf(scalar) : null;
      if (source === null) continue;
      const known = this.knownOf(scalar, source);
      for (const [endMs, value] of values[scalar.name] ?? []) if (!known.has(endMs)) known.set(endMs, value);
    }
  }
}

function valuesIn(known: ValuesOfQuery): readonly TimedValue[] {
  return [...known].flatMap(([atMs, value]) => (value === null ? [] : [[atMs, value] as const]));
}

function answersThePast({ answersThePast: can = true }: MetricSource): boolean {
  return can;
}

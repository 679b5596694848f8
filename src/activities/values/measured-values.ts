import { AdapterUnavailableError } from '../../domain/errors.js';
import { namedScalars, readScalar, sourceOf, type NamedScalar } from '../../inspection/scalars.js';
import type { ServicePorts } from '../../ports/service.js';
import type { StageView } from '../contracts.js';
import { KnownValues } from './known-values.js';
import { MeasuredQuery, type AskValue } from './measured-query.js';
import type { IntervalEnds, TimedValue } from './values-by-interval.js';

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
    private readonly known = new KnownValues(),
  ) {
    for (const query of this.queries()) query.forgetEarlierStages();
    this.remember(kept);
    this.trouble = [];
  }

  /** The value of each interval, oldest first; one that is missing is unknown. */
  async of(intervals: IntervalEnds, signal?: AbortSignal): Promise<readonly Values[]> {
    this.trouble = [];
    const queries = this.queries();
    const all = await Promise.all(
      queries.map(async (query) => ({ name: query.name, values: await this.valuesOf(query, intervals, signal) })),
    );
    this.unmeasured = queries.flatMap((query) => query.whyUnmeasured(intervals) ?? []);
    return intervals.endsMs.map((_, index) => named(all.map(({ name, values }) => [name, values[index]])));
  }

  /** What is kept of a part of an interval: where intervals were shorter before, something may be. */
  keptIn(startMs: number, endMs: number): Values {
    const kept = this.queries().filter(({ answersThePast }) => !answersThePast);
    return named(kept.map((query) => [query.name, query.byInterval({ startMs, endsMs: [endMs] })[0]]));
  }

  /** The values at this moment, for a picture; they are not kept. */
  async now(atMs: number, signal?: AbortSignal): Promise<Values> {
    this.trouble = [];
    const asked = namedScalars(this.view.plan).map(
      async (scalar) => [scalar.name, await this.ask(scalar, atMs, signal)] as const,
    );
    return named(await Promise.all(asked));
  }

  /** What a restarted watch must be told, because it cannot ask for it. */
  get kept(): KeptValues {
    return Object.fromEntries(
      this.queries().flatMap(({ name, answersThePast, timedValues }) =>
        answersThePast || timedValues.length === 0 ? [] : [[name, timedValues.slice(-MOST_KEPT)]],
      ),
    );
  }

  private async valuesOf(
    query: MeasuredQuery,
    intervals: IntervalEnds,
    signal?: AbortSignal,
  ): Promise<readonly (number | null | undefined)[]> {
    const { endsMs } = intervals;
    if (query.answersThePast) return query.at(endsMs, signal);
    const kept = query.byInterval(intervals);
    const newestMs = endsMs.at(-1);
    // At first also for the newest: where intervals were shorter before, others may have measured in it.
    const mayBeRecalled = (endMs: number): boolean => endMs !== newestMs || this.recalled === null;
    await this.recallOnce(endsMs.filter((endMs, index) => kept[index] === undefined && mayBeRecalled(endMs)));
    if (newestMs !== undefined) await query.measure(newestMs, signal);
    return query.byInterval(intervals);
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
    for (const query of this.queries()) if (Object.hasOwn(values, query.name)) query.remember(values[query.name] ?? []);
  }

  /** Those whose source the worker knows. */
  private queries(): readonly MeasuredQuery[] {
    return namedScalars(this.view.plan).flatMap((scalar) => {
      try {
        const source = sourceOf(this.service, scalar);
        const ask: AskValue = (atMs, signal) => this.ask(scalar, atMs, signal);
        return [new MeasuredQuery(scalar, source, this.view, ask, this.known)];
      } catch (error) {
        this.note(scalar, error);
        return [];
      }
    });
  }

  private async ask(scalar: NamedScalar, atMs: number, signal?: AbortSignal): Promise<number | null | undefined> {
    try {
      const value = await readScalar(this.service, this.view.plan, this.view.roles.candidate, scalar, atMs, signal);
      return value === 'no-data' ? null : value;
    } catch (error) {
      this.note(scalar, error);
      return undefined;
    }
  }

  private note({ name }: NamedScalar, error: unknown): void {
    if (!(error instanceof AdapterUnavailableError)) throw error;
    const sentence = `${name}: ${error.message}`;
    if (!this.trouble.includes(sentence)) this.trouble = [...this.trouble, sentence];
  }
}

/** Without those that are unknown. */
function named(values: readonly (readonly [name: string, value: number | null | undefined])[]): Values {
  return Object.fromEntries(values.filter((entry): entry is readonly [string, number] => typeof entry[1] === 'number'));
}

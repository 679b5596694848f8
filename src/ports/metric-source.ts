import type { Sampled } from '../domain/analysis/sample.js';

/** A range of one backend's traffic, cut into steps. */
export interface SampleQuery {
  readonly service: string;
  /** The slot, e.g. `green`. */
  readonly backend: string;
  /** What the data plane calls the backend. */
  readonly target: string;
  /** Epoch milliseconds, [fromMs, toMs). */
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** How long the answer may take longer, so that many are asked for together. @default 0 */
  readonly patienceMs?: number;
}

/** What a query is asked about: becomes `{{service}}`, `{{backend}}` and `{{version}}`. */
export interface TemplateValues {
  readonly service: string;
  /** What the data plane calls the backend. */
  readonly backend: string;
  readonly version: string;
}

/** One backend. */
export type BackendQuery = Pick<SampleQuery, 'service' | 'backend' | 'target'>;

/** A query of the source's own language, its templates already filled in. */
export interface ScalarQuery {
  readonly query: string;
  readonly atMs: number;
  readonly windowMs: number;
}

/** Where counts and values come from. Answers ranges from its own memory. */
export interface MetricSource {
  /** `false`: it counts no latencies, so no check can ask for them. @default true */
  readonly countsLatencies?: boolean;

  /**
   * `false`: `scalar` knows nothing but the present, whatever moment it is asked about. What it said is kept then, and
   * where nobody asked nothing is known. @default true
   */
  readonly answersThePast?: boolean;

  /**
   * One sample per step, oldest first. A backend without traffic gives zeros; a step that the source does not
   * remember, or cannot answer yet, gives `'no-data'`.
   *
   * No request is counted in two steps, and none is lost between two calls whose ranges meet. A source that learns of
   * requests later than they happen counts them in the step in which it learned of them; what happened while it could
   * not look joins the first step after that. A step that had no data because it could not be answered *yet* may have
   * data when it is asked for again.
   *
   * @throws AdapterUnavailableError when the source cannot know; it never invents a zero.
   */
  samples(query: SampleQuery, signal?: AbortSignal): Promise<readonly Sampled[]>;

  /** @throws AdapterUnavailableError when the source cannot know. */
  scalar(query: ScalarQuery, signal?: AbortSignal): Promise<number | 'no-data'>;

  /**
   * Writes values into a query, each so that it stays a value in the source's language. Without it they are written as
   * they are.
   *
   * @throws AdapterUnavailableError when a value cannot stand where the query wants it.
   */
  fill?(query: string, values: TemplateValues): string;

  /**
   * How often the source looks: steps under twice as long may have no data. Without it any step will do.
   *
   * @throws AdapterUnavailableError when the source cannot know.
   */
  resolutionMs?(query: BackendQuery, signal?: AbortSignal): Promise<number | 'no-data'>;

  /**
   * What it does not count as it is configured, one sentence each, with the remedy. Without it there is nothing to say.
   *
   * @throws AdapterUnavailableError when the source cannot know.
   */
  caveats?(query: BackendQuery, signal?: AbortSignal): Promise<readonly string[]>;

  /**
   * Why something of a range is unknown, or left out, although the source looked: one sentence, with the remedy; `null`
   * when nothing is. Asked where a step had no data. Without it there is nothing to say.
   *
   * @throws AdapterUnavailableError when the source cannot know.
   */
  whyUnknown?(query: SampleQuery, signal?: AbortSignal): Promise<string | null>;
}

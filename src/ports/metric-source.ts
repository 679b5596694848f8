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
}

/** A query of the source's own language, its templates already filled in. */
export interface ScalarQuery {
  readonly query: string;
  readonly atMs: number;
  readonly windowMs: number;
}

/** Where counts and values come from. Answers ranges from its own memory. */
export interface MetricSource {
  /**
   * One sample per step, oldest first. A backend without traffic gives zeros; a step that the source does not
   * remember, or cannot answer yet, gives `'no-data'`.
   *
   * No request is counted in two steps, and none is lost between two calls whose ranges meet.
   *
   * @throws AdapterUnavailableError when the source cannot know; it never invents a zero.
   */
  samples(query: SampleQuery, signal?: AbortSignal): Promise<readonly Sampled[]>;

  /** @throws AdapterUnavailableError when the source cannot know. */
  scalar(query: ScalarQuery, signal?: AbortSignal): Promise<number | 'no-data'>;
}

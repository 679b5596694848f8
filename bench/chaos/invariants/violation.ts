import type { Timeline } from '../timeline/timeline.js';

/** A promise that was broken. */
export interface Violation {
  readonly invariant: string;
  readonly service: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** When what led to it began: from here on its story is told. */
  readonly sinceMs: number;
  /** One sentence for people. */
  readonly message: string;
}

/** A promise, as a rule over all that was seen. */
export type Invariant = (timeline: Timeline) => readonly Violation[];

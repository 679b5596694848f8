import { DEFAULT_CONSECUTIVE_ERROR_LIMIT, RECENT_VALUES } from './defaults.js';
import type { Trouble } from './reading.js';

/** How a check failed: kept for good. */
export interface Failure {
  /** The end of the interval that decided, epoch milliseconds. */
  readonly atMs: number;
  /** Since when it looks bad, epoch milliseconds. */
  readonly sinceMs: number;
  readonly value: number | null;
  readonly baselineValue: number | null;
  /** The baseline breaches the same absolute check in the same window. */
  readonly sharedWithBaseline: boolean;
  /** With numbers, to stand after the check's name. */
  readonly reason: string;
}

/** What every check remembers. Plain data: no number in it is NaN or infinite. */
export interface CheckMemory {
  /** Which check of the plan it belongs to: a check that changes begins anew. */
  readonly key: string;
  readonly failure: Failure | null;
  /** What is wrong with the newest interval; `null` when it could be used. */
  readonly trouble: Trouble | null;
  readonly troublesInARow: number;
  /** The newest values, oldest first. */
  readonly recent: readonly number[];
}

export function freshMemory(key: string): CheckMemory {
  return { key, failure: null, trouble: null, troublesInARow: 0, recent: [] };
}

/** `values` with one more at its end and the oldest dropped. */
export function remember(values: readonly number[], value: number | null): readonly number[] {
  if (value === null || !Number.isFinite(value)) return values;
  const kept = values.length < RECENT_VALUES ? values.slice() : values.slice(1);
  kept.push(value);
  return kept;
}

/** The memory after an interval that could not be used. */
export function withTrouble<T extends CheckMemory>(state: T, trouble: Trouble): T {
  return { ...state, trouble, troublesInARow: state.troublesInARow + 1 };
}

/** The memory after an interval that could be used. */
export function withoutTrouble<T extends CheckMemory>(state: T): T {
  return state.trouble === null ? state : { ...state, trouble: null, troublesInARow: 0 };
}

/** Whether what is wrong is too much to be borne: nonsense at once, a gap only when it lasts. */
export function isBlind({ trouble, troublesInARow }: CheckMemory): boolean {
  return trouble !== null && (trouble.nonsense || troublesInARow > DEFAULT_CONSECUTIVE_ERROR_LIMIT);
}

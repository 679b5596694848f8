import { RECENT_VALUES } from './defaults.js';
import type { CheckMemory } from './check-state.js';

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

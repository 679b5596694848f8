import type { Problem } from '../errors.js';
import type { ValueUnit } from './format.js';
import type { Check } from './plan.js';

export type EngineName = 'threshold' | 'sequential' | 'baseline';

/**
 * Whether traffic can ever prove that the candidate is healthy: `fixed` where single measurements decide and nothing is
 * proven, `never` where the bound leaves no room below it.
 */
export type Provability = 'provable' | 'fixed' | 'never';

/** What a kind of check says before anything is measured. */
export interface CheckKind<C extends Check> {
  readonly engine: EngineName;
  readonly comparesWithBaseline: boolean;
  /** What people call it: its metric; `errorRate vs baseline` when it compares. */
  nameOf(check: C): string;
  /** `null` where a source tells the value. */
  metricOf(check: C): string | null;
  /** What it allows, in words: `max 1 %`, `max +50 %`. */
  boundOf(check: C, unit: ValueUnit): string;
  problemsOf(check: C, path: string): Problem[];
  provabilityOf(check: C): Provability;
}

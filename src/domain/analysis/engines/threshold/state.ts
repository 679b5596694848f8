import { NO_MEASUREMENTS, type MeasurementTally } from '../../argo/metric-assessment.js';
import type { Criterion } from '../../criterion.js';
import type { CompiledCheck } from '../../engine.js';
import { freshMemory, withoutTrouble, type CheckMemory } from '../../memory.js';
import { isCountedMetric, type CustomCheck, type ThresholdCheck } from '../../plan.js';
import type { Verdict } from '../../verdict.js';
import type { Gathered } from './window.js';

/** The checks whose measurements are limited by Argo Rollouts' rules. */
export type LimitedCheck = ThresholdCheck | CustomCheck;

/** Judged by single measurements. */
export interface CompiledThreshold extends CompiledCheck {
  readonly check: LimitedCheck;
  /** The bounds as criteria, where the metric is a proportion. */
  readonly criteria: readonly Criterion[];
}

export interface ThresholdState extends CheckMemory {
  readonly engine: 'threshold';
  readonly tally: MeasurementTally;
  /** How the newest measurement that was no error ended. */
  readonly last: Verdict | null;
  readonly lastValue: number | null;
  /** When the newest failures in a row began. */
  readonly failingSinceMs: number | null;
  /** Nothing more is measured, and this is what it came to. */
  readonly over: Verdict | null;
  readonly window: readonly Gathered[];
}

export function beginThreshold(key: string): ThresholdState {
  return {
    ...freshMemory(key),
    engine: 'threshold',
    tally: NO_MEASUREMENTS,
    last: null,
    lastValue: null,
    failingSinceMs: null,
    over: null,
    window: [],
  };
}

/** The name of the scalar that `check` looks at; `null` when it is computed from counts. */
export function scalarOf(check: LimitedCheck): string | null {
  if (check.kind === 'custom') return check.name;
  return isCountedMetric(check.metric) ? null : check.metric;
}

/** For a new stage: failures stay, what speaks for health is measured anew. */
export function carryThreshold(state: ThresholdState): ThresholdState {
  const { failed, consecutiveFailure } = state.tally;
  return {
    ...withoutTrouble(state),
    tally: { ...NO_MEASUREMENTS, failed, consecutiveFailure },
    last: null,
    lastValue: null,
    over: null,
    window: [],
  };
}

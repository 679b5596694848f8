import { rememberingChecks } from './check-memories.js';
import type { AnalysisPlan } from './plan.js';
import type { AnalysisState } from './state.js';
import { COMPARISON } from './unanswered/comparison.js';
import { unansweredIn } from './unanswered/explain.js';

/** One check that failed. */
export interface BreachedCheck {
  readonly name: string;
  readonly value: number | null;
  readonly baselineValue: number | null;
  /** What is allowed, in words: `max 1 %`. */
  readonly bound: string;
  /** One sentence with numbers that begins with the check's name. */
  readonly reason: string;
  /** The baseline breaches the same absolute check in the same window: the candidate may not be the cause. */
  readonly sharedWithBaseline: boolean;
  /** Since when it looks bad, epoch milliseconds. */
  readonly sinceMs: number;
  /** The end of the interval that decided, epoch milliseconds. */
  readonly atMs: number;
}

export interface Breach {
  readonly checks: readonly BreachedCheck[];
}

/** The checks that have failed by now, or `null`. A breach stands: later intervals do not take it back. */
export function breachOf(plan: AnalysisPlan, state: AnalysisState): Breach | null {
  const checks = rememberingChecks(plan, state.checks).flatMap(({ compiled, state: { failure } }) => {
    if (failure === null) return [];
    const { reason, ...facts } = failure;
    return [{ name: compiled.name, bound: compiled.bound, ...facts, reason: `${compiled.name} ${reason}` }];
  });
  const all = [...checks, ...harmByHanging(plan, state)];
  return all.length === 0 ? null : { checks: all };
}

function harmByHanging(plan: AnalysisPlan, state: AnalysisState): readonly BreachedCheck[] {
  const finding = unansweredIn(plan, state);
  if (finding?.kind !== 'harm') return [];
  const { reason, ...facts } = finding.failure;
  return [{ name: COMPARISON.name, bound: COMPARISON.bound, ...facts, reason: `${COMPARISON.name}: ${reason}` }];
}

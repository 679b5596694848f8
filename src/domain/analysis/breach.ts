import type { Analysis } from './analysis.js';
import { COMPARISON } from './unanswered/comparison.js';
import { unansweredIn } from './unanswered/finding.js';

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
export function breachIn(analysis: Analysis): Breach | null {
  const checks = analysis.checks.flatMap(({ compiled: { name, bound }, state: { failure } }) =>
    failure === null ? [] : [{ name, bound, ...failure, reason: `${name} ${failure.reason}` }],
  );
  const unanswered = unansweredIn(analysis);
  if (unanswered?.failure != null)
    checks.push({ name: COMPARISON.name, bound: COMPARISON.bound, ...unanswered.failure, reason: unanswered.sentence });
  return checks.length === 0 ? null : { checks };
}

/** Whether the baseline breaches all of it as well: then the candidate may not be the cause. */
export function isShared({ checks }: Breach): boolean {
  return checks.every(({ sharedWithBaseline }) => sharedWithBaseline);
}

/** What the checks have against a stage in its middle. */
export interface StageFinding {
  readonly reason: string;
  readonly evidence: Breach;
  /** The baseline breaches all of it as well: a person must look. */
  readonly shared: boolean;
}

/**
 * What the checks have found by now; `null` while nothing is wrong.
 *
 * @param knownShared what the baseline breaches as well was reported already: only what is new counts
 */
export function findingIn(analysis: Analysis, knownShared: boolean): StageFinding | null {
  const evidence = breachIn(analysis);
  if (evidence === null) return null;
  const shared = isShared(evidence);
  if (shared && knownShared) return null;
  const reasons = evidence.checks.map(({ reason }) => reason).join('; ');
  return {
    reason: shared ? `${reasons}; the baseline breaches it as well, so the candidate may not be the cause` : reasons,
    evidence,
    shared,
  };
}

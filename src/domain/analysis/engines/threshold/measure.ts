import { evaluateMeasurement } from '../../argo/measurement.js';
import { countBad, exceeds, valueOf, type BadCount, type Criterion } from '../../criterion.js';
import { isProportionMetric, type Bounds, type ThresholdCheck } from '../../plan.js';
import type { Counts } from '../../reading.js';
import type { Verdict } from '../../verdict.js';
import type { CompiledThreshold } from './state.js';
import type { Gathered } from './window.js';

/** What one measurement found. */
export interface Measured {
  readonly verdict: Verdict;
  readonly value: number | null;
  /** The criterion that decided, and how often the bad event happened; only for proportions. */
  readonly broken: { readonly criterion: Criterion; readonly bad: BadCount } | null;
}

/** One measurement of a counted metric over the time that `gathered` covers. */
export function measureCounts(
  { criteria }: CompiledThreshold,
  check: ThresholdCheck,
  counts: Counts,
  { startMs, endMs }: Gathered,
): Measured {
  if (check.metric === 'requestRate') return measureNumber(check, (counts.requests * 1000) / (endMs - startMs));
  return measureProportion(check.metric, criteria, counts);
}

/** Fixed bounds on a proportion: fails on what is bad for certain, succeeds on what is fine for certain. */
function measureProportion(metric: string, criteria: readonly Criterion[], counts: Counts): Measured {
  const value = isProportionMetric(metric) ? valueOf(metric, counts) : null;
  let undecided: Measured['broken'] = null;
  for (const criterion of criteria) {
    const bad = countBad(criterion.event, counts);
    if (!(bad.requests > 0)) return { verdict: 'error', value: null, broken: null };
    const verdict = evaluateMeasurement(
      !exceeds(bad.possibly, bad.requests, criterion.allowed),
      exceeds(bad.surely, bad.requests, criterion.allowed),
    );
    if (verdict === 'failed') return { verdict, value, broken: { criterion, bad } };
    if (verdict === 'inconclusive') undecided = { criterion, bad };
  }
  return { verdict: undecided === null ? 'successful' : 'inconclusive', value, broken: undecided };
}

/** Fixed bounds on a plain number. What is no number is unknown; an infinite one never passes. */
export function measureNumber({ max, min }: Bounds, value: number): Measured {
  if (Number.isNaN(value)) return { verdict: 'error', value: null, broken: null };
  const breaches = (max !== undefined && value > max) || (min !== undefined && value < min);
  const verdict = evaluateMeasurement(Number.isFinite(value) && !breaches, breaches);
  return { verdict, value: Number.isFinite(value) ? value : null, broken: null };
}

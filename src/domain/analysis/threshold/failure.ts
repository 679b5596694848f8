import { brokenLimit } from '../argo/metric-assessment.js';
import type { Failure, Gathered, ThresholdState } from '../check-state.js';
import type { CompiledThreshold } from '../compiled-plan.js';
import { requestsFor } from '../criterion.js';
import { DEFAULT_MEASUREMENT_REQUESTS } from '../defaults.js';
import type { Measured } from '../measure.js';
import type { Reading } from '../reading.js';
import { breachWords } from '../words.js';
import { measureCounts } from './measure.js';
import type { LimitedCheck } from './state.js';

/** The failure that the newest measurement led to; `gathered` is what it looked at, `null` for a scalar. */
export function failureOf(
  compiled: CompiledThreshold,
  check: LimitedCheck,
  state: ThresholdState,
  measured: Measured,
  gathered: Gathered | null,
  reading: Reading,
): Failure {
  const baseline = baselineInTheSameWindow(compiled, check, gathered);
  const limit = brokenLimit(check, state.tally)?.message ?? 'too few successes in a row in all its measurements';
  const single = state.tally.failed === 1;
  return {
    atMs: reading.endMs,
    sinceMs: state.failingSinceMs ?? reading.startMs,
    value: measured.value,
    baselineValue: baseline?.value ?? null,
    sharedWithBaseline: baseline?.verdict === 'failed',
    reason: breachWords(compiled.unit, check, measured) + (single ? '' : `; ${limit}`),
  };
}

/** The same measurement on the baseline's counts; `null` where there are too few of them for one. */
function baselineInTheSameWindow(
  compiled: CompiledThreshold,
  check: LimitedCheck,
  gathered: Gathered | null,
): Measured | null {
  if (check.kind !== 'threshold' || gathered === null || gathered.baseline === null) return null;
  const enough = Math.max(1, check.minRequests ?? DEFAULT_MEASUREMENT_REQUESTS);
  if (requestsFor(check.metric, gathered.baseline) < enough) return null;
  return measureCounts(compiled, check, gathered.baseline, gathered);
}

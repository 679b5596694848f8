import { brokenLimit } from '../../argo/metric-assessment.js';
import { requestsFor } from '../../criterion.js';
import { DEFAULT_MEASUREMENT_REQUESTS } from '../../defaults.js';
import { formatValue, type ValueUnit } from '../../format.js';
import type { Failure } from '../../memory.js';
import type { Bounds } from '../../plan.js';
import type { Reading } from '../../reading.js';
import { proportionWords } from '../../words.js';
import { measureCounts, type Measured } from './measure.js';
import type { CompiledThreshold, LimitedCheck, ThresholdState } from './state.js';
import type { Gathered } from './window.js';

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

/** How a measured value breaks its bounds: `4.2 % > max 1 % (81 errors in 1,932 requests)`. */
function breachWords(unit: ValueUnit, { max, min }: Bounds, { value, broken }: Measured): string {
  if (broken !== null) return proportionWords(broken.criterion, broken.bad, value, unit);
  const tooMuch = max !== undefined && (value === null || value > max);
  const beyond = tooMuch ? `> max ${formatValue(max, unit)}` : `< min ${formatValue(min ?? null, unit)}`;
  return `${formatValue(value, unit)} ${beyond}`;
}

import { assessMetric, brokenLimit, tallyMeasurement } from '../../argo/metric-assessment.js';
import { isLatencyMetric, requestsFor } from '../../criterion.js';
import { DEFAULT_MEASUREMENT_REQUESTS } from '../../defaults.js';
import type { Joined } from '../../engine.js';
import { remember } from '../../memory.js';
import type { ThresholdCheck } from '../../plan.js';
import { isTrouble, type Reading, type Trouble } from '../../reading.js';
import { failureOf } from './failure.js';
import { measureCounts, measureNumber, type Measured } from './measure.js';
import { scalarOf, type CompiledThreshold, type LimitedCheck, type ThresholdState } from './state.js';
import { join, slide, total, type Gathered } from './window.js';

const NO_VALUE: Trouble = { why: 'the source has no value', nonsense: false };
const NOT_A_NUMBER: Trouble = { why: 'the value is not a number', nonsense: true };

/** Measurements go on for as long as intervals come: Argo's rule for a metric that has an interval. */
const ENDLESS = { intervalMs: 1 };

/** The check after one more interval. */
export function observeThreshold(
  { compiled, state }: Joined<CompiledThreshold, ThresholdState>,
  reading: Reading,
): ThresholdState {
  const { check } = compiled;
  if (state.failure !== null || state.over !== null) return state;
  const scalar = scalarOf(check);
  if (scalar !== null) return observeScalar(compiled, check, state, reading, reading.scalars[scalar]);
  return check.kind === 'threshold' ? observeCounts(compiled, check, state, reading) : state;
}

function observeScalar(
  compiled: CompiledThreshold,
  check: LimitedCheck,
  state: ThresholdState,
  reading: Reading,
  value: number | undefined,
): ThresholdState {
  if (reading.clockTrouble !== null) return noteTrouble(state, reading.clockTrouble);
  if (value === undefined) return reading.isPart ? state : noteTrouble(state, NO_VALUE);
  if (Number.isNaN(value)) return noteTrouble(state, NOT_A_NUMBER);
  return take(compiled, check, state, measureNumber(check, value), null, reading);
}

function observeCounts(
  compiled: CompiledThreshold,
  check: ThresholdCheck,
  state: ThresholdState,
  reading: Reading,
): ThresholdState {
  const { candidate } = reading;
  if (isTrouble(candidate)) return noteTrouble(state, candidate);
  if (candidate.requests === 0 && check.metric !== 'requestRate') return clearTrouble(state);
  if (isLatencyMetric(check.metric) && candidate.histogramTrouble !== null)
    return noteTrouble(state, candidate.histogramTrouble);

  const gathering = gather(check, clearTrouble(state), {
    startMs: reading.startMs,
    endMs: reading.endMs,
    candidate,
    baseline: isTrouble(reading.baseline) ? null : reading.baseline,
  });
  const gathered = total(gathering.window);
  const enough = check.minRequests ?? DEFAULT_MEASUREMENT_REQUESTS;
  if (gathered === null || requestsFor(check.metric, gathered.candidate) < enough) return gathering;
  const measured = measureCounts(compiled, check, gathered.candidate, gathered);
  const measuring = check.windowMs === undefined ? { ...gathering, window: [] } : gathering;
  return take(compiled, check, measuring, measured, gathered, reading);
}

/** A sliding window keeps what is young enough; without one, everything since the last measurement. */
function gather(check: ThresholdCheck, state: ThresholdState, next: Gathered): ThresholdState {
  if (check.windowMs !== undefined) return { ...state, window: slide(state.window, next, check.windowMs) };
  const before = total(state.window);
  return { ...state, window: [before === null ? next : join(before, next)] };
}

function clearTrouble(state: ThresholdState): ThresholdState {
  if (state.trouble === null) return state;
  return { ...state, trouble: null, troublesInARow: 0, tally: { ...state.tally, consecutiveError: 0 } };
}

function noteTrouble(state: ThresholdState, trouble: Trouble): ThresholdState {
  const tally = tallyMeasurement(state.tally, 'error');
  return { ...state, tally, trouble, troublesInARow: state.troublesInARow + 1 };
}

/** Counts one measurement in; `gathered` is what it looked at, `null` for a scalar. */
function take(
  compiled: CompiledThreshold,
  check: LimitedCheck,
  state: ThresholdState,
  measured: Measured,
  gathered: Gathered | null,
  reading: Reading,
): ThresholdState {
  const tally = tallyMeasurement(state.tally, measured.verdict);
  const sinceMs = gathered?.startMs ?? reading.startMs;
  const next: ThresholdState = {
    ...state,
    tally,
    trouble: null,
    troublesInARow: 0,
    last: measured.verdict,
    lastValue: measured.value,
    failingSinceMs: measured.verdict === 'failed' ? (state.failingSinceMs ?? sinceMs) : null,
    recent: remember(state.recent, measured.value),
  };
  const phase = assessMetric({ ...check, ...ENDLESS }, tally, measured.verdict, false);
  if (phase === 'failed')
    return { ...next, window: [], failure: failureOf(compiled, check, next, measured, gathered, reading) };
  // Argo's rules let a count pass whose last measurement was bad; here it is measured on, until it is good or a limit breaks.
  const passes = phase === 'successful' && measured.verdict === 'successful';
  const ended = passes || (phase === 'inconclusive' && brokenLimit(check, tally) === null);
  return ended ? { ...next, over: phase, window: [] } : next;
}

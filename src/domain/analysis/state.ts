import { observeBaseline } from './baseline/observe.js';
import { rememberingChecks, type RememberingCheck } from './check-memories.js';
import type { CheckState, StageCounts } from './check-state.js';
import type { AnalysisPlan } from './plan.js';
import { addInterval, isTrouble, readInterval, type Reading } from './reading.js';
import type { AnalysisInterval } from './sample.js';
import { observeSequential } from './sequential/observe.js';
import { observeThreshold } from './threshold/observe.js';
import { beginUnanswered, observeUnanswered, type UnansweredState } from './unanswered/state.js';

/**
 * Everything that the intervals so far have taught, in a form that stays small however many there were.
 *
 * Plain data that JSON carries without loss: it travels in workflow payloads.
 */
export interface AnalysisState {
  /** The end of the newest interval that was used, epoch milliseconds. */
  readonly untilMs: number | null;
  readonly stage: StageCounts;
  readonly checks: readonly CheckState[];
  /** Absent in what was kept before unanswered requests were counted. */
  readonly unanswered?: UnansweredState;
}

export const EMPTY_STAGE: StageCounts = { sinceMs: null, observedMs: 0, candidate: null, baseline: null };

/** What is known before the first interval. */
export function beginAnalysis(plan: AnalysisPlan): AnalysisState {
  return {
    untilMs: null,
    stage: EMPTY_STAGE,
    checks: rememberingChecks(plan, []).map(({ state }) => state),
    unanswered: beginUnanswered(plan),
  };
}

/**
 * What is known after one more interval. Pure: the same intervals in the same order give the same state.
 *
 * Nothing about an interval makes it throw: what cannot be believed is kept as trouble of the checks that needed it.
 */
export function observe(plan: AnalysisPlan, state: AnalysisState, interval: AnalysisInterval): AnalysisState {
  const reading = readInterval(interval, state);
  return {
    untilMs: reading.clockTrouble === null ? reading.endMs : state.untilMs,
    stage: observeStage(state.stage, reading),
    checks: rememberingChecks(plan, state.checks).map((check) => observeCheck(check, reading, state.stage)),
    unanswered: observeUnanswered(state.unanswered ?? beginUnanswered({ checks: [] }), reading, state.stage),
  };
}

function observeCheck(check: RememberingCheck, reading: Reading, stage: StageCounts): CheckState {
  switch (check.engine) {
    case 'threshold':
      return observeThreshold(check.compiled, check.state, reading);
    case 'sequential':
      return observeSequential(check.compiled, check.state, reading);
    case 'baseline':
      return observeBaseline(check.compiled, check.state, reading, stage);
  }
}

function observeStage(stage: StageCounts, { startMs, endMs, candidate, baseline, clockTrouble }: Reading): StageCounts {
  if (clockTrouble !== null) return stage;
  return {
    ...stage,
    sinceMs: stage.sinceMs ?? startMs,
    observedMs: isTrouble(candidate) ? stage.observedMs : stage.observedMs + (endMs - startMs),
    candidate: isTrouble(candidate) ? stage.candidate : addInterval(stage.candidate, candidate),
    baseline: isTrouble(baseline) ? stage.baseline : addInterval(stage.baseline, baseline),
  };
}

import { UNANSWERED_LEAST_SHARE } from '../defaults.js';
import { observeBaseline } from '../engines/baseline/observe.js';
import { beginBaseline, carryBaseline, type BaselineState } from '../engines/baseline/state.js';
import { isTrouble, readHistory, type Counts, type Reading } from '../reading.js';
import type { AnalysisInterval } from '../sample.js';
import type { StageCounts } from '../stage-counts.js';
import { asFailures, COMPARISON } from './comparison.js';

/** Requests, and how many of them nobody answered. */
export interface Tally {
  readonly all: number;
  readonly unanswered: number;
}

/** What is known of requests that nobody answered. Plain data. */
export interface UnansweredState {
  readonly comparison: BaselineState;
  /** The candidate's newest intervals in this stage, each older one counting half as much. */
  readonly newest: Tally;
  /** All that is known of the baseline, from before the rollout on: what there is to compare with at full load. */
  readonly baseline: Tally;
}

const NONE: Tally = { all: 0, unanswered: 0 };

/** An interval counts half as much as the one after it. */
const FADING = 0.5;

/** @param past what the baseline did before */
export function beginUnanswered(past: readonly AnalysisInterval[]): UnansweredState {
  const comparison = beginBaseline(COMPARISON, past.map(pastAsFailures));
  return { comparison, newest: NONE, baseline: readHistory(past).map(tallyOf).reduce(plus, NONE) };
}

function pastAsFailures(interval: AnalysisInterval): AnalysisInterval {
  const { baseline } = interval;
  if (baseline === undefined || baseline === 'no-data') return interval;
  const { requests, unanswered = 0 } = baseline;
  return { ...interval, baseline: { requests, errors: unanswered } };
}

/** What is known after one more interval. */
export function observeUnanswered(state: UnansweredState, reading: Reading, stage: StageCounts): UnansweredState {
  if (reading.clockTrouble !== null) return state;
  const { candidate, baseline } = reading;
  return {
    comparison: withoutTrifles(observeBaseline(COMPARISON, state.comparison, asFailures(reading), stage)),
    newest: isTrouble(candidate) ? state.newest : plus(faded(state.newest), tallyOf(candidate)),
    baseline: isTrouble(baseline) ? state.baseline : plus(state.baseline, tallyOf(baseline)),
  };
}

/** So few that a person would not call it hanging are no reason to roll back, however certain it is that there are more. */
function withoutTrifles(state: BaselineState): BaselineState {
  const { excess } = state.weighed;
  const isTrifle = excess === null || excess.bad < UNANSWERED_LEAST_SHARE * excess.requests;
  return state.failure !== null && isTrifle ? { ...state, failure: null } : state;
}

/** For a new stage: evidence of harm stays. */
export function carryUnanswered(state: UnansweredState): UnansweredState {
  const { comparison } = state;
  return { ...state, comparison: comparison.failure === null ? carryBaseline(comparison) : comparison, newest: NONE };
}

export function tallyOf({ requests, unanswered = 0 }: Counts): Tally {
  return { all: requests + unanswered, unanswered };
}

function plus(a: Tally, b: Tally): Tally {
  return { all: a.all + b.all, unanswered: a.unanswered + b.unanswered };
}

function faded({ all, unanswered }: Tally): Tally {
  return { all: FADING * all, unanswered: FADING * unanswered };
}

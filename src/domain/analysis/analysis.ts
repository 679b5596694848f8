import { compiledChecks } from './compiled-plan.js';
import type { CompiledCheck, Joined } from './engine.js';
import { ENGINES, type AnyEngine, type CheckState } from './engines.js';
import type { AnalysisPlan } from './plan.js';
import { readInterval } from './reading.js';
import type { AnalysisInterval } from './sample.js';
import { countStage, EMPTY_STAGE, type StageCounts } from './stage-counts.js';
import { beginUnanswered, carryUnanswered, observeUnanswered, type UnansweredState } from './unanswered/state.js';

/** A check, who judges it, and what it remembers. */
export interface JoinedCheck extends Joined<CompiledCheck, CheckState> {
  readonly engine: AnyEngine;
}

/** A plan joined with what it has seen so far: everything that is said of a stage is read off this. */
export interface Analysis {
  readonly plan: AnalysisPlan;
  /** The end of the newest interval that was used, epoch milliseconds. */
  readonly untilMs: number | null;
  readonly stage: StageCounts;
  readonly checks: readonly JoinedCheck[];
  readonly unanswered: UnansweredState | undefined;
  /** Requests that the candidate has served since the two were joined. */
  readonly candidateRequests: number;
}

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

const NOTHING: AnalysisState = { untilMs: null, stage: EMPTY_STAGE, checks: [] };

/** What is known before the first interval. */
export function startAnalysis(plan: AnalysisPlan): Analysis {
  return resumeAnalysis(plan, null);
}

/**
 * What is known at the beginning of a stage, or in its middle.
 *
 * A check that `state` does not know begins anew; a memory whose check is gone from the plan is left out: so the plan of
 * a running rollout may change.
 *
 * @param state what was carried here; `null` where nothing was
 * @param sharePercent the candidate's share as the plan has it, 0–100; `null` where nobody knows
 */
export function resumeAnalysis(
  plan: AnalysisPlan,
  state: AnalysisState | null,
  sharePercent: number | null = null,
): Analysis {
  const { untilMs, stage, checks } = state ?? NOTHING;
  return {
    plan,
    untilMs,
    stage: sharePercent === null ? stage : { ...stage, sharePercent },
    checks: joinChecks(plan, checks),
    unanswered: state === null ? beginUnanswered(pastIn(plan)) : state.unanswered,
    candidateRequests: 0,
  };
}

/**
 * What is known after one more interval. Pure: the same intervals in the same order give the same analysis.
 *
 * Nothing about an interval makes it throw: what cannot be believed is kept as trouble of the checks that needed it.
 */
export function observeInterval(analysis: Analysis, interval: AnalysisInterval): Analysis {
  const { plan, untilMs, stage, checks, unanswered = beginUnanswered([]), candidateRequests } = analysis;
  const { candidate } = interval;
  const reading = readInterval(interval, analysis);
  return {
    plan,
    untilMs: reading.clockTrouble === null ? reading.endMs : untilMs,
    stage: countStage(stage, reading),
    checks: checks.map((check) => {
      const { engine, compiled } = check;
      return { engine, compiled, state: engine.observe(check, reading, stage) };
    }),
    unanswered: observeUnanswered(unanswered, reading, stage),
    candidateRequests: candidateRequests + (candidate === 'no-data' ? 0 : candidate.requests),
  };
}

/** What has to be kept of it. */
export function stateOf({ untilMs, stage, checks, unanswered }: Analysis): AnalysisState {
  return {
    untilMs,
    stage,
    checks: checks.map(({ state }) => state),
    ...(unanswered === undefined ? {} : { unanswered }),
  };
}

/**
 * What a new stage, or a changed share, begins with: evidence of harm stays, everything that speaks for health is
 * gathered anew.
 *
 * Intervals that `state` has seen must not be observed again on top of it: their harm would count twice.
 */
export function carryOver({ checks, unanswered }: AnalysisState): AnalysisState {
  return {
    // The next stage tells its own time: the clock of another machine may be a little behind.
    untilMs: null,
    stage: EMPTY_STAGE,
    checks: checks.map((state) => (state.failure === null ? ENGINES[state.engine].carry(state) : state)),
    ...(unanswered === undefined ? {} : { unanswered: carryUnanswered(unanswered) }),
  };
}

function joinChecks(plan: AnalysisPlan, states: readonly CheckState[]): readonly JoinedCheck[] {
  return compiledChecks(plan).map(({ engine, compiled }, index) => {
    const expected = states[index];
    const known = expected?.key === compiled.key ? expected : states.find(({ key }) => key === compiled.key);
    return { engine, compiled, state: known ?? engine.begin(compiled, pastIn(plan)) };
  });
}

/** What the baseline did before, as far as the plan brings it along. */
function pastIn({ dispersion }: AnalysisPlan): readonly AnalysisInterval[] {
  return typeof dispersion === 'object' ? dispersion.fromBaseline : [];
}

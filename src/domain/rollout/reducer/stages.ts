import { formatPercent } from '../../percent.js';
import type { StagePlan } from '../plan.js';
import { startClock, stopClock, stoppedClock } from '../stage-clock.js';
import { isLastStage, type Hold, type RolloutState } from '../state.js';
import { stacked } from '../holds.js';
import { decide, updateStage } from './record.js';

export function planOfStage(state: RolloutState): StagePlan | undefined {
  return state.plan.stages[state.stage - 1];
}

/** Moves to stage `number`; its weights have yet to be set. */
export function enterStage(state: RolloutState, number: number): RolloutState {
  const plan = state.plan.stages[number - 1];
  if (plan === undefined) return state;
  return {
    ...state,
    step: 'applying',
    ...withEvidence(state),
    stage: number,
    sharePercent: plan.trafficPercent,
    clock: null,
    early: null,
    hold: null,
    promotion: null,
    verdict: null,
    verdictReason: null,
  };
}

/** What was seen until now is over, and counts from now on: never before, lest it be seen once more on top of itself. */
function withEvidence(state: RolloutState): Pick<RolloutState, 'analysis' | 'judgedAnalysis'> {
  return { analysis: state.judgedAnalysis ?? state.analysis, judgedAnalysis: null };
}

/**
 * Somebody went on in spite of what was found: it must not call them again, so the evidence is the one from before. What
 * the stage has passed with was there before as well.
 */
export function withoutOverruled(state: RolloutState): RolloutState {
  return state.verdict === 'successful' ? state : { ...state, judgedAnalysis: null };
}

/** The weights were read back: the stage counts from now, unless another share is wanted meanwhile. */
export function startBake(state: RolloutState, appliedPercent: number, atMs: number): RolloutState {
  const plan = planOfStage(state);
  if (state.step !== 'applying' || plan === undefined) return state;
  if (appliedPercent !== state.sharePercent) return { ...state, appliedPercent };
  const clock = stoppedClock(plan.durationMs);
  const standing = state.pause !== null || state.hold !== null;
  const baking: RolloutState = {
    ...state,
    step: 'baking',
    ...withEvidence(state),
    appliedPercent,
    early: null,
    clock: standing ? clock : startClock(clock, atMs),
  };
  const begun = decide(
    updateStage(baking, { startedAtMs: atMs }),
    atMs,
    `Stage ${String(state.stage)} of ${String(state.plan.stages.length)}: ${formatPercent(state.sharePercent)} to ${state.roles?.candidate ?? 'the candidate'}, read back`,
  );
  return state.undo?.now === true ? advance(updateStage(begun, { conclusion: 'at once, unguarded' }), atMs) : begun;
}

/** The stage has passed: asks for approval where the plan or a missing auto-progression wants it, else goes on. */
export function afterPass(state: RolloutState, atMs: number): RolloutState {
  const plan = planOfStage(state);
  const asks = !isLastStage(state) && (plan?.approval !== undefined || !state.plan.autoProgression);
  if (!asks || state.promotion !== null) return advance(state, atMs);
  const timeoutMs = plan?.approval?.timeoutMs ?? null;
  const clock = timeoutMs === null ? null : startClock(stoppedClock(timeoutMs), atMs);
  return decide(
    { ...state, step: 'asking', clock, hold: null },
    atMs,
    `Waiting for approval to leave ${formatPercent(state.sharePercent)}`,
  );
}

/** On to the next stage, or to the end: there the last share is confirmed once more, so that nothing of before may move it. */
export function advance(state: RolloutState, atMs: number): RolloutState {
  const left = updateStage(state, {
    endedAtMs: atMs,
    conclusion: state.stages[state.stage - 1]?.conclusion ?? state.verdictReason,
  });
  if (isLastStage(left)) {
    return { ...left, step: 'closing', clock: null, hold: null, promotion: null };
  }
  return enterStage(left, left.promotion?.full === true ? left.plan.stages.length : left.stage + 1);
}

/** The last share is confirmed: nothing of this rollout can move traffic any more. */
export function close(state: RolloutState, atMs: number): RolloutState {
  if (state.step !== 'closing' || state.stop !== null) return state;
  return { ...state, step: 'ended', outcome: 'promoted', endedAtMs: atMs, alarms: {} };
}

/** Stays put until a person, new knowledge or a deadline decides, also for what held before; the clock stands still. */
export function holdFor(state: RolloutState, hold: Hold): RolloutState {
  const clock = hold.kind === 'unknown' || state.clock === null ? state.clock : stopClock(state.clock, hold.sinceMs);
  return decide({ ...state, hold: stacked(state, hold), clock }, hold.sinceMs, `Held: ${hold.reason}`);
}

import { formatPercent } from '../../percent.js';
import { asksBeforeLeaving } from '../approvals.js';
import type { StagePlan } from '../plan.js';
import { startClock, stopClock, stoppedClock } from '../../rollout/clock.js';
import { at, isLastStage, withClock, type StagesState } from '../state.js';
import { endsByItself, stacked, type Hold } from '../../rollout/holds.js';
import { decide } from '../../rollout/record.js';
import { updateStage } from '../stage-record.js';

export function planOfStage(state: StagesState): StagePlan | undefined {
  return state.plan.stages[state.stage - 1];
}

/** Moves to stage `number`; its weights have yet to be set. */
export function enterStage<S extends StagesState>(state: S, number: number): S {
  const plan = state.plan.stages[number - 1];
  if (plan === undefined) return state;
  return at(
    {
      ...state,
      ...withEvidence(state),
      stage: number,
      sharePercent: plan.trafficPercent,
      proofNotBeforeMs: null,
      hold: null,
      promotion: null,
      verdict: null,
      verdictReason: null,
    },
    { step: 'applying', overrides: false },
  );
}

/** What was seen until now is over, and counts from now on: never before, lest it be seen once more on top of itself. */
function withEvidence(state: StagesState): Pick<StagesState, 'analysis' | 'judgedAnalysis'> {
  return { analysis: state.judgedAnalysis ?? state.analysis, judgedAnalysis: null };
}

/**
 * Somebody went on in spite of what was found: it must not call them again, so the evidence is the one from before. What
 * the stage has passed with was there before as well.
 */
export function withoutOverruled<S extends StagesState>(state: S): S {
  return state.verdict === 'successful' ? state : { ...state, judgedAnalysis: null };
}

/**
 * The share was read back: the stage counts from now, unless another one is wanted meanwhile.
 *
 * @param to who has the share
 */
export function startBake<S extends StagesState>(state: S, appliedPercent: number, to: string, atMs: number): S {
  const plan = planOfStage(state);
  if (state.step !== 'applying' || plan === undefined) return state;
  if (appliedPercent !== state.sharePercent) return { ...state, appliedPercent };
  const clock = stoppedClock(plan.durationMs);
  const standing = state.pause !== null || state.hold !== null;
  const baking = at(
    { ...state, ...withEvidence(state), appliedPercent, proofNotBeforeMs: null },
    { step: 'baking', clock: standing ? clock : startClock(clock, atMs), proof: null },
  );
  return decide(
    updateStage(baking, { startedAtMs: atMs }),
    atMs,
    `Stage ${String(state.stage)} of ${String(state.plan.stages.length)}: ${formatPercent(state.sharePercent)} to ${to}, read back`,
  );
}

/** The stage has passed: asks for approval where the plan or a missing auto-progression wants it, else goes on. */
export function afterPass<S extends StagesState>(state: S, atMs: number): S {
  const plan = planOfStage(state);
  if (!asksBeforeLeaving(state.plan, state.stage) || state.promotion !== null) return advance(state, atMs);
  const timeoutMs = plan?.approval?.timeoutMs ?? null;
  const clock = timeoutMs === null ? null : startClock(stoppedClock(timeoutMs), atMs);
  return decide(
    at({ ...state, hold: null }, { step: 'asking', clock }),
    atMs,
    `Waiting for approval to leave ${formatPercent(state.sharePercent)}`,
  );
}

/** On to the next stage, or to the end: there the last share is confirmed once more, so that nothing of before may move it. */
export function advance<S extends StagesState>(state: S, atMs: number): S {
  const left = updateStage(state, {
    endedAtMs: atMs,
    conclusion: state.stages[state.stage - 1]?.conclusion ?? state.verdictReason,
  });
  if (isLastStage(left)) return at({ ...left, hold: null, promotion: null }, { step: 'closing' });
  return enterStage(left, left.promotion?.full === true ? left.plan.stages.length : left.stage + 1);
}

/** The last share is confirmed: nothing of this rollout can move traffic any more. */
export function close<S extends StagesState>(state: S, atMs: number): S {
  if (state.step !== 'closing' || state.stop !== null) return state;
  return at({ ...state, outcome: 'promoted', endedAtMs: atMs, alarms: {} }, { step: 'ended' });
}

/** Stays put until a person, new knowledge or a deadline decides, also for what held before; the clock stands still. */
export function holdFor<S extends StagesState>(state: S, hold: Hold): S {
  const held = { ...state, hold: stacked(state, hold) };
  const stands = endsByItself(hold) ? held : withClock(held, (clock) => stopClock(clock, hold.sinceMs));
  return decide(stands, hold.sinceMs, `Held: ${hold.reason}`);
}

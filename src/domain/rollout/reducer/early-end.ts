import { formatRoughDuration } from '../../duration.js';
import { endOf, remainingOf, stopClock, type StageClock } from '../stage-clock.js';
import { holdsOf } from '../holds.js';
import type { RolloutState } from '../state.js';
import { decide } from './record.js';
import { planOfStage } from './stages.js';

/** After an early verdict that was unknown, the next proof must rest on so many times as much of the stage. */
const MORE_BEFORE_NEXT_PROOF = 1.25;

/**
 * From when proof of health counts, epoch milliseconds; `null` where the stage ends by its clock alone.
 *
 * The clock may stand still meanwhile: whether enough of the stage's time is over is asked again when it ends.
 */
export function proofCountsFromMs(state: RolloutState): number | null {
  const plan = planOfStage(state);
  const startedAtMs = state.stages[state.stage - 1]?.startedAtMs ?? null;
  if (plan?.advanceOnEvidence !== true || startedAtMs === null) return null;
  return Math.max(startedAtMs + (plan.minDurationMs ?? 0), state.early?.notBeforeMs ?? 0);
}

/** Health is proven: the stage may end. What comes when nobody asks changes nothing. */
export function takeProof(state: RolloutState, { reason, atMs }: { reason: string; atMs: number }): RolloutState {
  const asked = state.step === 'baking' && planOfStage(state)?.advanceOnEvidence === true;
  if (!asked || state.stop !== null || (state.early ?? null)?.proof != null) return state;
  return { ...state, early: { proof: { reason, atMs }, clock: null, notBeforeMs: null } };
}

/** When the proof that there is ends the stage, epoch milliseconds; `null` while none does. */
export function endsEarlyAtMs(state: RolloutState): number | null {
  const plan = planOfStage(state);
  const { clock, early } = state;
  if (state.step !== 'baking' || plan === undefined || early?.proof == null) return null;
  if (clock?.runningSinceMs == null || state.pause !== null || state.hold !== null) return null;
  const spentMs = plan.durationMs - clock.remainingMs;
  return clock.runningSinceMs + Math.max(0, (plan.minDurationMs ?? 0) - spentMs);
}

/** The stage is judged before its time is over. */
export function endEarly(state: RolloutState, atMs: number): RolloutState {
  const { early, clock } = state;
  if (early?.proof == null || clock === null) return state;
  const savedMs = remainingOf(clock, atMs);
  return decide(
    { ...state, step: 'judging', early: { ...early, clock }, clock: null, verdict: null, verdictReason: null },
    atMs,
    `Stage ${String(state.stage)} may end ${formatRoughDuration(savedMs)} early: ${early.proof.reason}`,
  );
}

/** Judged before its time, and the verdict is unknown: the stage bakes on as if nobody had asked. */
export function bakeOn(state: RolloutState, clock: StageClock, reason: string, atMs: number): RolloutState {
  const startedAtMs = state.stages[state.stage - 1]?.startedAtMs ?? atMs;
  const standsSince = [...(state.pause === null ? [] : [state.pause]), ...holdsOf(state)].map(({ sinceMs }) => sinceMs);
  return decide(
    {
      ...state,
      step: 'baking',
      clock: standsSince.length === 0 ? clock : stopClock(clock, Math.min(...standsSince)),
      early: {
        proof: null,
        clock: null,
        notBeforeMs: Math.ceil(startedAtMs + MORE_BEFORE_NEXT_PROOF * (atMs - startedAtMs)),
      },
      verdict: null,
      verdictReason: null,
      judgedAnalysis: null,
    },
    atMs,
    `Stage ${String(state.stage)} bakes on: ${reason}`,
  );
}

/** When time alone changes something, epoch milliseconds: a pause that ends by itself, a proof, or the clock. */
export function nextDueMs(state: RolloutState): number | null {
  if (state.pause !== null) return state.pause.untilMs;
  const endsMs = state.clock === null ? null : endOf(state.clock);
  const earlyMs = endsEarlyAtMs(state);
  return endsMs === null || earlyMs === null ? endsMs : Math.min(endsMs, earlyMs);
}

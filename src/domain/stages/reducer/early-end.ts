import { formatRoughDuration } from '../../duration.js';
import { remainingOf, stopClock, type Clock } from '../../rollout/clock.js';
import { holdsOf } from '../../rollout/holds.js';
import { at, type StagesState } from '../state.js';
import { decide } from '../../rollout/record.js';
import { planOfStage } from './stages.js';

/** After an early verdict that was unknown, the next proof must rest on so many times as much of the stage. */
const MORE_BEFORE_NEXT_PROOF = 1.25;

/**
 * From when proof of health counts, epoch milliseconds; `null` where the stage ends by its clock alone.
 *
 * The clock may stand still meanwhile: whether enough of the stage's time is over is asked again when it ends.
 */
export function proofCountsFromMs(state: StagesState): number | null {
  const plan = planOfStage(state);
  const startedAtMs = state.stages[state.stage - 1]?.startedAtMs ?? null;
  if (plan?.advanceOnEvidence !== true || startedAtMs === null) return null;
  return Math.max(startedAtMs + (plan.minDurationMs ?? 0), state.proofNotBeforeMs ?? 0);
}

/** Health is proven: the stage may end. What comes when nobody asks changes nothing. */
export function takeProof<S extends StagesState>(state: S, { reason, atMs }: { reason: string; atMs: number }): S {
  if (state.step !== 'baking' || planOfStage(state)?.advanceOnEvidence !== true) return state;
  if (state.stop !== null || state.proof !== null) return state;
  return { ...state, proof: { reason, atMs }, proofNotBeforeMs: null };
}

/** When the proof that there is ends the stage, epoch milliseconds; `null` while none does. */
export function endsEarlyAtMs(state: StagesState): number | null {
  const plan = planOfStage(state);
  if (state.step !== 'baking' || plan === undefined || state.proof === null) return null;
  const { clock } = state;
  if (clock.runningSinceMs === null || state.pause !== null || state.hold !== null) return null;
  const spentMs = plan.durationMs - clock.remainingMs;
  return clock.runningSinceMs + Math.max(0, (plan.minDurationMs ?? 0) - spentMs);
}

/** The stage is judged before its time is over. */
export function endEarly<S extends StagesState>(state: S, atMs: number): S {
  if (state.step !== 'baking' || state.proof === null) return state;
  const savedMs = remainingOf(state.clock, atMs);
  return decide(
    at({ ...state, verdict: null, verdictReason: null }, { step: 'judging', clock: null, bake: state.clock }),
    atMs,
    `Stage ${String(state.stage)} may end ${formatRoughDuration(savedMs)} early: ${state.proof.reason}`,
  );
}

/** Judged before its time, and the verdict is unknown: the stage bakes on as if nobody had asked. */
export function bakeOn<S extends StagesState>(state: S, clock: Clock, reason: string, atMs: number): S {
  const startedAtMs = state.stages[state.stage - 1]?.startedAtMs ?? atMs;
  const standsSince = [...(state.pause === null ? [] : [state.pause]), ...holdsOf(state)].map(({ sinceMs }) => sinceMs);
  return decide(
    at(
      {
        ...state,
        proofNotBeforeMs: Math.ceil(startedAtMs + MORE_BEFORE_NEXT_PROOF * (atMs - startedAtMs)),
        verdict: null,
        verdictReason: null,
        judgedAnalysis: null,
      },
      {
        step: 'baking',
        clock: standsSince.length === 0 ? clock : stopClock(clock, Math.min(...standsSince)),
        proof: null,
      },
    ),
    atMs,
    `Stage ${String(state.stage)} bakes on: ${reason}`,
  );
}

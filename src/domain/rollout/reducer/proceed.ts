import { spellDuration } from '../../duration.js';
import { formatPercent } from '../../percent.js';
import { remainingOf, startClock, stopClock } from '../stage-clock.js';
import { foundHarm } from '../holds.js';
import type { RolloutState } from '../state.js';
import { endEarly, endsEarlyAtMs } from './early-end.js';
import { decide, updateStage } from './record.js';
import { advance, afterPass, holdFor, planOfStage, withoutOverruled } from './stages.js';
import { stopFor } from './stop.js';

/**
 * What follows from everything that has arrived by `atMs`, in a fixed precedence whatever the order of arrival:
 * emergency stop > abort > breach > pause > promotion > hold > timer > proof. The one place where a rollout moves
 * forward.
 */
export function proceed(before: RolloutState, atMs: number): RolloutState {
  if (before.stop !== null || before.step === 'ended') return before;
  const state = wakeFromPause(before, atMs);
  if (state.pause !== null) return state;
  if (state.promotion !== null) return promote(state, atMs);
  if (state.hold !== null && state.hold.kind !== 'unknown') return state;
  if (state.step === 'judging' && state.verdict === 'successful' && state.hold === null) return afterPass(state, atMs);
  if (state.clock !== null && remainingOf(state.clock, atMs) === 0) return elapsed(state, atMs);
  const earlyMs = endsEarlyAtMs(state);
  return earlyMs !== null && earlyMs <= atMs ? endEarly(state, atMs) : state;
}

function wakeFromPause(state: RolloutState, atMs: number): RolloutState {
  if (state.pause === null || state.pause.untilMs === null || state.pause.untilMs > atMs) return state;
  return decide(endPause(state, atMs), atMs, 'The pause is over');
}

export function endPause(state: RolloutState, atMs: number): RolloutState {
  const runs = state.hold === null || state.hold.kind === 'unknown';
  return { ...state, pause: null, clock: state.clock !== null && runs ? startClock(state.clock, atMs) : state.clock };
}

export function beginPause(state: RolloutState, pause: NonNullable<RolloutState['pause']>): RolloutState {
  return {
    ...state,
    pause,
    promotion: null,
    clock: state.clock === null ? null : stopClock(state.clock, pause.sinceMs),
  };
}

function promote(state: RolloutState, atMs: number): RolloutState {
  const who = state.promotion?.by ?? 'a person';
  const overruled = foundHarm(state);
  if (overruled !== undefined && state.step !== 'applying')
    return advance(conclude(withoutOverruled(state), `${who} went on although: ${overruled.reason}`), atMs);
  switch (state.step) {
    case 'baking':
      return { ...state, step: 'judging', clock: null, hold: null, verdict: null, verdictReason: null };
    case 'asking':
      return advance(conclude(state, `approved by ${who}`), atMs);
    case 'judging':
      if (state.verdict === null) return state;
      return state.verdict === 'successful'
        ? advance(state, atMs)
        : advance(conclude(state, `${who} went on although: ${state.verdictReason ?? state.verdict}`), atMs);
    case 'closing':
      return { ...state, promotion: null };
    case 'preflight':
    case 'applying':
    case 'undoing':
    case 'ended':
      return state;
  }
}

function elapsed(state: RolloutState, atMs: number): RolloutState {
  switch (state.step) {
    case 'baking':
      return { ...state, step: 'judging', clock: null, verdict: null, verdictReason: null };
    case 'asking':
      return approvalTimedOut(state, atMs);
    case 'judging':
      return unknownForTooLong(state, atMs);
    case 'preflight':
    case 'applying':
    case 'closing':
    case 'undoing':
    case 'ended':
      return state;
  }
}

function approvalTimedOut(state: RolloutState, atMs: number): RolloutState {
  const reason = `nobody approved leaving ${formatPercent(state.sharePercent)} in time`;
  if (planOfStage(state)?.approval?.onTimeout === 'abort')
    return stopFor(state, { cause: 'approvalTimeout', reason, atMs });
  return holdFor({ ...state, clock: null }, { kind: 'approvalTimeout', reason, sinceMs: atMs, needsHuman: true });
}

function unknownForTooLong(state: RolloutState, atMs: number): RolloutState {
  const reason = state.verdictReason ?? 'the verdict stays unknown';
  const deadline = deadlineWords(state);
  switch (state.plan.onUnknown.action) {
    case 'abort':
      return stopFor(state, { cause: 'unknownDeadline', reason: `still unknown ${deadline}: ${reason}`, atMs });
    case 'continue':
      return afterPass(
        conclude({ ...state, hold: null }, `went on ${deadline}, as the plan says, although: ${reason}`),
        atMs,
      );
    case 'hold':
      return state.hold === null
        ? state
        : decide(
            { ...state, clock: null, hold: { ...state.hold, needsHuman: true } },
            atMs,
            `Still unknown ${deadline}, a person must decide: ${reason}`,
          );
  }
}

function deadlineWords(state: RolloutState): string {
  const longestMs = planOfStage(state)?.maxDurationMs;
  return longestMs === undefined ? 'at the deadline' : `after ${spellDuration(longestMs)}, the longest it may last`;
}

function conclude(state: RolloutState, conclusion: string): RolloutState {
  return updateStage(state, { conclusion, byChecks: false });
}

import { spellDuration } from '../../duration.js';
import { formatPercent } from '../../percent.js';
import { endOf, remainingOf, startClock, stopClock } from '../../rollout/clock.js';
import { endsByItself, foundHarm, isHeldFor } from '../../rollout/holds.js';
import { waiveHook } from '../../rollout/hook-changes.js';
import { isPauseOver, type Pause } from '../../rollout/pause.js';
import { at, clockOf, withClock, type StagesState } from '../state.js';
import { endEarly, endsEarlyAtMs } from './early-end.js';
import { decide } from '../../rollout/record.js';
import { updateStage } from '../stage-record.js';
import { advance, afterPass, holdFor, planOfStage, withoutOverruled } from './stages.js';
import { stopFor } from './stop.js';

/**
 * What follows from everything that has arrived by `atMs`, in a fixed precedence whatever the order of arrival: a stop
 * (of several the strongest, see `STOP_CAUSES`) > pause > promotion (promote, approve, finish) > hold, unless it ends by
 * itself > passed verdict > timer > proof. The one place where a rollout moves forward.
 */
export function proceed<S extends StagesState>(before: S, atMs: number): S {
  if (before.stop !== null || before.step === 'ended') return before;
  const state = wakeFromPause(before, atMs);
  if (state.pause !== null) return state;
  if (state.promotion !== null) return promote(state, atMs);
  if (state.hold !== null && !endsByItself(state.hold)) return state;
  if (state.step === 'judging' && state.verdict === 'successful' && state.hold === null) return afterPass(state, atMs);
  const clock = clockOf(state);
  if (clock !== null && remainingOf(clock, atMs) === 0) return elapsed(state, atMs);
  const earlyMs = endsEarlyAtMs(state);
  return earlyMs !== null && earlyMs <= atMs ? endEarly(state, atMs) : state;
}

/** When time alone changes something, epoch milliseconds: a pause that ends by itself, a proof, or the clock. */
export function nextDueMs(state: StagesState): number | null {
  if (state.pause !== null) return state.pause.untilMs;
  const clock = clockOf(state);
  const endsMs = clock === null ? null : endOf(clock);
  const earlyMs = endsEarlyAtMs(state);
  return endsMs === null || earlyMs === null ? endsMs : Math.min(endsMs, earlyMs);
}

function wakeFromPause<S extends StagesState>(state: S, atMs: number): S {
  return isPauseOver(state, atMs) ? decide(endPause(state, atMs), atMs, 'The pause is over') : state;
}

export function endPause<S extends StagesState>(state: S, atMs: number): S {
  const runs = state.hold === null || endsByItself(state.hold);
  const awake = { ...state, pause: null };
  return runs ? withClock(awake, (clock) => startClock(clock, atMs)) : awake;
}

export function beginPause<S extends StagesState>(state: S, pause: Pause): S {
  return withClock({ ...state, pause, promotion: null }, (clock) => stopClock(clock, pause.sinceMs));
}

function promote<S extends StagesState>(state: S, atMs: number): S {
  const who = state.promotion?.by ?? 'a person';
  const overruled = foundHarm(state);
  if (overruled !== undefined && state.step !== 'applying')
    return advance(conclude(withoutOverruled(state), `${who} went on although: ${overruled.reason}`), atMs);
  switch (state.step) {
    case 'baking':
      return beginJudging({ ...state, hold: null });
    case 'asking':
      return advance(conclude(state, `approved by ${who}`), atMs);
    case 'judging':
      if (state.verdict === null) return state;
      return state.verdict === 'successful'
        ? advance(state, atMs)
        : advance(conclude(state, `${who} went on although: ${state.verdictReason ?? state.verdict}`), atMs);
    case 'applying':
      return isHeldFor(state, 'hook') ? waiveHook({ ...state, promotion: null }, who, atMs) : state;
    case 'closing':
      return waiveHook({ ...state, promotion: null }, who, atMs);
    case 'preflight':
    case 'waiting':
    case 'undoing':
    case 'ended':
      return state;
  }
}

function beginJudging<S extends StagesState>(state: S): S {
  return at({ ...state, verdict: null, verdictReason: null }, { step: 'judging', clock: null, bake: null });
}

function elapsed<S extends StagesState>(state: S, atMs: number): S {
  switch (state.step) {
    case 'baking':
      return beginJudging(state);
    case 'asking':
      return approvalTimedOut(state, atMs);
    case 'judging':
      return unknownForTooLong(state, atMs);
    case 'waiting':
      return notBegunInTime(state, atMs);
    case 'preflight':
    case 'applying':
    case 'closing':
    case 'undoing':
    case 'ended':
      return state;
  }
}

function approvalTimedOut<S extends StagesState>(state: S, atMs: number): S {
  const reason = `nobody approved leaving ${formatPercent(state.sharePercent)} in time`;
  if (planOfStage(state)?.approval?.onTimeout === 'abort')
    return stopFor(state, { cause: 'approvalTimeout', reason, atMs });
  return holdFor(at(state, { step: 'asking', clock: null }), {
    kind: 'approvalTimeout',
    reason,
    sinceMs: atMs,
    needsHuman: true,
  });
}

function notBegunInTime<S extends StagesState>(state: S, atMs: number): S {
  const reason = 'nobody let it begin in time';
  if (state.plan.begin?.onTimeout === 'abort') return stopFor(state, { cause: 'approvalTimeout', reason, atMs });
  return holdFor(withoutClock(state), { kind: 'approvalTimeout', reason, sinceMs: atMs, needsHuman: true });
}

function withoutClock<S extends StagesState>(state: S): S {
  return state.step === 'waiting' ? { ...state, clock: null } : state;
}

function unknownForTooLong<S extends StagesState>(state: S, atMs: number): S {
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

function deadlineWords(state: StagesState): string {
  const longestMs = planOfStage(state)?.maxDurationMs;
  return longestMs === undefined ? 'at the deadline' : `after ${spellDuration(longestMs)}, the longest it may last`;
}

function conclude<S extends StagesState>(state: S, conclusion: string): S {
  return updateStage(state, { conclusion, byChecks: false });
}

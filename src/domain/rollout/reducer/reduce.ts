import { undoneAtOnce } from '../serving/undo-plan.js';
import type { AnalysisState } from '../../analysis/state.js';
import type { Verdict } from '../../analysis/verdict.js';
import type { TierName } from '../../tier.js';
import { bounded } from '../bounded.js';
import { startClock, stoppedClock } from '../stage-clock.js';
import { withAlarm, type AlarmCause } from '../alarms.js';
import { nextFence, NO_FENCE } from '../fence.js';
import { isHeldFor } from '../holds.js';
import { beyondTier } from '../refusal.js';
import type { RolloutState } from '../state.js';
import type { KnownVersions } from '../serving/serves.js';
import type { Warning } from '../warnings.js';
import type { Roles } from '../weights.js';
import { takeCommand, type Commanded } from './command.js';
import { bakeOn, takeProof } from './early-end.js';
import { failFor, revisionOf, type Breach } from './policy.js';
import { proceed } from './proceed.js';
import { decide, journaled, record, updateStage } from './record.js';
import { close, enterStage, holdFor, planOfStage, startBake } from './stages.js';
import { beginUndo, endStopped, stopFor } from './stop.js';

/** Everything that can happen to a rollout. */
export type RolloutEvent =
  | {
      readonly type: 'preflightPassed';
      readonly roles: Roles;
      readonly warnings: readonly Warning[];
      /** What was learned about versions. Absent: nothing. */
      readonly known?: KnownVersions;
      /** The version that comes, where the plan names none. */
      readonly version?: string;
      /** An undo of what was broken off: see `undoneAtOnce`. */
      readonly atOnce?: true;
      /** Why nothing has to be moved: the rollout ends with that. Absent: something has. */
      readonly alreadyServes?: string;
      readonly analysis?: AnalysisState | null;
      /** What the instances of the data plane bear, each once. Absent: no fence. */
      readonly fences?: readonly number[];
      /** The tier of the installation. Absent: any. */
      readonly tier?: TierName;
      readonly atMs: number;
    }
  | {
      readonly type: 'preflightFailed';
      readonly reason: string;
      readonly evidence?: unknown;
      readonly warnings?: readonly Warning[];
      readonly known?: KnownVersions;
      readonly atMs: number;
    }
  | {
      readonly type: 'weightsApplied';
      /** What was read back. Absent: what is wanted. */
      readonly sharePercent?: number;
      /** What was read back beside it. Absent: what there was. */
      readonly fence?: number;
      readonly atMs: number;
    }
  /** A decision about weights takes its fence before it is carried out. */
  | { readonly type: 'fenceTaken'; readonly atMs: number }
  /** Somebody's greater fence was met: the next decision is greater. */
  | { readonly type: 'fenceMet'; readonly fence: number; readonly atMs: number }
  /** The same weights were written again, and every instance bears this fence now. */
  | { readonly type: 'fenceRenewed'; readonly fence: number; readonly atMs: number }
  | { readonly type: 'journaled'; readonly upTo: number; readonly atMs: number }
  | { readonly type: 'closed'; readonly atMs: number }
  /** Headgate itself is broken, here: stop and undo. */
  | { readonly type: 'faulted'; readonly reason: string; readonly atMs: number }
  | {
      readonly type: 'breached';
      readonly reason: string;
      readonly evidence?: unknown;
      readonly shared: boolean;
      /** When the guard had put all traffic back by itself, if it had. */
      readonly undoneAtMs?: number | undefined;
      readonly atMs: number;
    }
  | { readonly type: 'proven'; readonly reason: string; readonly atMs: number }
  | { readonly type: 'drifted'; readonly reason: string; readonly atMs: number }
  | {
      readonly type: 'judged';
      readonly verdict: Verdict;
      readonly reason: string;
      readonly evidence?: unknown;
      readonly carried?: AnalysisState | null;
      /** The policy that it was judged by; one that has changed since is asked for again. Absent: today's. */
      readonly policyRevision?: number;
      readonly atMs: number;
    }
  | { readonly type: 'evidenceKept'; readonly carried: AnalysisState | null; readonly atMs: number }
  | ({ readonly type: 'commanded' } & Commanded)
  | { readonly type: 'alarmed'; readonly cause: AlarmCause; readonly alarm: string | null; readonly atMs: number }
  | { readonly type: 'proceeded'; readonly atMs: number }
  | { readonly type: 'undoBegan'; readonly atMs: number }
  | { readonly type: 'undone'; readonly atMs: number };

/** The rules of a rollout. Pure: the same events in the same order give the same state. */
export function reduce(state: RolloutState, arrived: RolloutEvent): RolloutState {
  const event = bounded(arrived);
  if (event.type === 'journaled') return journaled(state, event.upTo);
  if (state.step === 'ended') return event.type === 'commanded' ? takeCommand(state, event) : state;
  switch (event.type) {
    case 'preflightPassed':
      if (state.step !== 'preflight') return state;
      return passPreflight(state, event);
    case 'preflightFailed':
      return stopFor(withLearned(state, event), {
        cause: 'preflight',
        reason: event.reason,
        evidence: event.evidence,
        atMs: event.atMs,
      });
    case 'weightsApplied':
      return startBake(
        {
          ...state,
          overrides: false,
          ...(event.fence === undefined ? {} : { fences: fencesFrom(state, event.fence) }),
        },
        event.sharePercent ?? state.sharePercent,
        event.atMs,
      );
    case 'fenceTaken':
      return { ...state, fences: [...state.fences, nextFence(Math.max(NO_FENCE, ...state.fences))] };
    case 'fenceMet':
      return { ...state, fences: [...state.fences, event.fence] };
    case 'fenceRenewed':
      return { ...state, fences: fencesFrom(state, event.fence) };
    case 'closed':
      return withOutcome(state, close(state, event.atMs), event.atMs);
    case 'faulted':
      return stopFor(state, { cause: 'fault', reason: event.reason, atMs: event.atMs });
    case 'breached':
      return breach(state, event);
    case 'proven':
      return takeProof(state, event);
    case 'drifted':
      return drift(state, event);
    case 'judged':
      return judge(state, event);
    case 'evidenceKept':
      return { ...state, judgedAnalysis: event.carried ?? state.judgedAnalysis };
    case 'commanded':
      return takeCommand(state, event);
    case 'alarmed':
      return alarm(state, event);
    case 'proceeded':
      return withOutcome(state, proceed(state, event.atMs), event.atMs);
    case 'undoBegan':
      return beginUndo(state, event.atMs);
    case 'undone':
      return withOutcome(state, endStopped(state, event.atMs), event.atMs);
  }
}

type Of<T extends RolloutEvent['type']> = Extract<RolloutEvent, { type: T }>;

/** What instances may bear once all of them have borne `fence`: it, and what was decided after it. */
function fencesFrom({ fences }: RolloutState, fence: number): readonly number[] {
  return [fence, ...fences.filter((one) => one > fence)];
}

function passPreflight(before: RolloutState, event: Of<'preflightPassed'>): RolloutState {
  const { roles, version, alreadyServes, tier, atMs } = event;
  const planned = version === undefined ? before.plan : { ...before.plan, version };
  const plan = event.atOnce === true ? undoneAtOnce(planned) : planned;
  const learned = withLearned(before, event);
  const state: RolloutState = { ...learned, roles, plan, ...(tier === undefined ? {} : { tier }) };
  // A policy that was set while the preflight looked is none that it has seen.
  const beyond = state.policyRevision === undefined ? null : beyondTier(state, { policy: plan.rollbackPolicy ?? null });
  if (beyond !== null)
    return stopFor(learned, { cause: 'preflight', reason: `preflight: tier: ${beyond.message}`, atMs });
  if (alreadyServes !== undefined && state.stop === null)
    return withOutcome(before, { ...state, alreadyServes, step: 'ended', outcome: 'promoted', endedAtMs: atMs }, atMs);
  return enterStage({ ...state, analysis: event.analysis ?? null, fences: event.fences ?? [] }, 1);
}

function withLearned(
  state: RolloutState,
  { warnings, known }: Pick<Of<'preflightFailed'>, 'warnings' | 'known'>,
): RolloutState {
  return { ...state, warnings: warnings ?? state.warnings, ...(known === undefined ? {} : { known }) };
}

function breach(state: RolloutState, event: Of<'breached'>): RolloutState {
  if (state.stage === 0 || state.step === 'undoing') return state;
  if (!event.shared) return failFor(state, breachOf(event), event.atMs);
  if (state.stop !== null || isHeldFor(state, 'sharedBreach') || isHeldFor(state, 'breach')) return state;
  return holdFor(state, { kind: 'sharedBreach', reason: event.reason, sinceMs: event.atMs, needsHuman: true });
}

function breachOf({ reason, evidence, undoneAtMs }: Of<'breached'>): Breach {
  return { cause: 'breach', reason, evidence, ...(undoneAtMs === undefined ? {} : { undoneAtMs }) };
}

function drift(state: RolloutState, event: Of<'drifted'>): RolloutState {
  if (state.stop !== null || isHeldFor(state, 'drift')) return state;
  if (state.plan.onDrift === 'abort') return stopFor(state, { cause: 'drift', reason: event.reason, atMs: event.atMs });
  return holdFor(state, { kind: 'drift', reason: event.reason, sinceMs: event.atMs, needsHuman: true });
}

/** Only the question that is still open is answered: a verdict that comes late changes nothing. */
function judge(state: RolloutState, event: Of<'judged'>): RolloutState {
  if (state.step !== 'judging' || state.stop !== null) return state;
  if ((event.policyRevision ?? revisionOf(state)) !== revisionOf(state)) return state;
  const judged: RolloutState = {
    ...state,
    verdict: event.verdict,
    verdictReason: event.reason,
    judgedAnalysis: event.carried ?? state.judgedAnalysis,
  };
  if (event.verdict === 'failed')
    return failFor(judged, { cause: 'judgement', reason: event.reason, evidence: event.evidence }, event.atMs);
  if (event.verdict === 'successful') {
    const hold = judged.hold?.kind === 'unknown' ? null : judged.hold;
    return decide(
      updateStage({ ...judged, hold, clock: null }, { conclusion: event.reason }),
      event.atMs,
      `Stage ${String(state.stage)} passed: ${event.reason}`,
    );
  }
  if (judged.promotion !== null) return judged;
  if (state.early?.clock != null) return bakeOn(state, state.early.clock, event.reason, event.atMs);
  if (judged.hold !== null)
    return { ...judged, hold: judged.hold.kind === 'unknown' ? { ...judged.hold, reason: event.reason } : judged.hold };
  const deadline = stoppedClock(patienceMs(state));
  const clock = state.pause === null ? startClock(deadline, event.atMs) : deadline;
  return holdFor(
    { ...judged, clock },
    { kind: 'unknown', reason: event.reason, sinceMs: event.atMs, needsHuman: false },
  );
}

/** How long the verdict of the stage may stay unknown. */
function patienceMs(state: RolloutState): number {
  const { durationMs = 0, maxDurationMs } = planOfStage(state) ?? {};
  return maxDurationMs === undefined ? state.plan.onUnknown.deadlineMs : Math.max(0, maxDurationMs - durationMs);
}

function alarm(state: RolloutState, event: Of<'alarmed'>): RolloutState {
  if ((state.alarms[event.cause] ?? null) === event.alarm) return state;
  // What was tried before the stop is not tried on, whatever it still says.
  if (event.alarm !== null && state.step === 'undoing' && event.cause !== 'undo') return state;
  const alarms = withAlarm(state.alarms, event.cause, event.alarm);
  const alarmedAtMs = alarms.weights === undefined ? null : (state.alarmedAtMs ?? event.atMs);
  const changed = { ...state, alarms, alarmedAtMs };
  return event.alarm === null ? changed : decide(changed, event.atMs, `Alarm: ${event.alarm}`);
}

function withOutcome(before: RolloutState, state: RolloutState, atMs: number): RolloutState {
  if (state.outcome === null || before.outcome !== null) return state;
  const why = state.stop?.reason ?? state.alreadyServes ?? 'every stage passed';
  const what = `${state.outcome}: ${why}`;
  return record(state, { atMs, kind: 'outcome', what });
}

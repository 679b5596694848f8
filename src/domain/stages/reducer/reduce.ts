import type { AnalysisState } from '../../analysis/analysis.js';
import type { Verdict } from '../../analysis/verdict.js';
import { startClock, stoppedClock } from '../../rollout/clock.js';
import { endsByItself, isHeldFor } from '../../rollout/holds.js';
import { recordOutcome } from '../../rollout/life.js';
import { decide } from '../../rollout/record.js';
import { comesTooLate, continueLife, type LifeEvent } from '../../rollout/reduce-life.js';
import { failedChecks } from '../../rollout/stop.js';
import { updateStage } from '../stage-record.js';
import { at, type StagesState } from '../state.js';
import { takeCommand, type Commanded } from './command.js';
import { bakeOn, takeProof } from './early-end.js';
import { proceed } from './proceed.js';
import { close, holdFor, planOfStage } from './stages.js';
import { stopFor } from './stop.js';
import { undecidedBreach, type Hold } from '../../rollout/holds.js';

/** What can happen to a rollout in stages, whatever it is that moves; how a share is set, and undone, is its kind's. */
export type StagesEvent =
  | LifeEvent<Commanded>
  | { readonly type: 'closed'; readonly atMs: number }
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
  | { readonly type: 'evidenceKept'; readonly carried: AnalysisState | null; readonly atMs: number };

const PASSED = 'every stage passed';

/**
 * The rules of stages. Pure: the same events in the same order give the same state.
 *
 * @param undoWords where everything goes back to, in words; `null` where nothing was moved
 */
export function reduceStages<S extends StagesState>(
  state: S,
  event: StagesEvent,
  undoWords: (state: S) => string | null,
): S {
  if (comesTooLate(state, event)) return state;
  switch (event.type) {
    case 'closed':
      return recordOutcome(state, close(state, event.atMs), event.atMs, PASSED);
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
    case 'proceeded':
    case 'alarmed':
    case 'faulted':
    case 'undoPlanned':
    case 'undoBegan':
    case 'undoDone':
    case 'undone':
    case 'journaled':
    case 'hooked':
      return continueLife(state, event, { takeCommand, proceed, undoWords, passedWords: PASSED, alsoChanged });
  }
}

function alsoChanged<S extends StagesState>(state: S, before: S, event: LifeEvent<Commanded>): S {
  switch (event.type) {
    case 'alarmed':
      return { ...state, alarmedAtMs: state.alarms.weights === undefined ? null : (before.alarmedAtMs ?? event.atMs) };
    case 'faulted':
      return { ...state, promotion: null };
    case 'undoBegan':
      return at({ ...state, sharePercent: 0 }, { step: 'undoing' });
    case 'undone':
      return concluded(state, event.atMs);
    case 'commanded':
    case 'proceeded':
    case 'undoPlanned':
    case 'undoDone':
    case 'journaled':
    case 'hooked':
      return state;
  }
}

/** The stage that a stop has ended. */
function concluded<S extends StagesState>(state: S, atMs: number): S {
  if (state.stop === null) return state;
  const byChecks = failedChecks(state.stop).length > 0;
  return updateStage(state, { endedAtMs: atMs, conclusion: state.stop.reason, byChecks });
}

type Of<T extends StagesEvent['type']> = Extract<StagesEvent, { type: T }>;

function breach<S extends StagesState>(state: S, event: Of<'breached'>): S {
  if (state.stage === 0 || state.step === 'undoing') return state;
  if (!event.shared) return failFor(state, breachOf(event), event.atMs);
  if (state.stop !== null || isHeldFor(state, 'sharedBreach') || isHeldFor(state, 'breach')) return state;
  return holdFor(state, { kind: 'sharedBreach', reason: event.reason, sinceMs: event.atMs, needsHuman: true });
}

function breachOf({ reason, evidence, undoneAtMs }: Of<'breached'>): Breach {
  return { cause: 'breach', reason, evidence, ...(undoneAtMs === undefined ? {} : { undoneAtMs }) };
}

function drift<S extends StagesState>(state: S, event: Of<'drifted'>): S {
  if (state.stop !== null || isHeldFor(state, 'drift')) return state;
  if (state.plan.onDrift === 'abort') return stopFor(state, { cause: 'drift', reason: event.reason, atMs: event.atMs });
  return holdFor(state, { kind: 'drift', reason: event.reason, sinceMs: event.atMs, needsHuman: true });
}

/** Only the question that is still open is answered: a verdict that comes late changes nothing. */
function judge<S extends StagesState>(state: S, event: Of<'judged'>): S {
  if (state.step !== 'judging' || state.stop !== null) return state;
  if ((event.policyRevision ?? state.policyRevision) !== state.policyRevision) return state;
  const judged: S = {
    ...state,
    verdict: event.verdict,
    verdictReason: event.reason,
    judgedAnalysis: event.carried ?? state.judgedAnalysis,
  };
  if (event.verdict === 'failed')
    return failFor(judged, { cause: 'judgement', reason: event.reason, evidence: event.evidence }, event.atMs);
  if (event.verdict === 'successful') {
    const hold = endsByItself(judged.hold) ? null : judged.hold;
    return decide(
      updateStage({ ...judged, hold, clock: null }, { conclusion: event.reason, byChecks: true }),
      event.atMs,
      `Stage ${String(state.stage)} passed: ${event.reason}`,
    );
  }
  if (judged.promotion !== null) return judged;
  if (state.bake !== null) return bakeOn(state, state.bake, event.reason, event.atMs);
  if (judged.hold !== null)
    return { ...judged, hold: endsByItself(judged.hold) ? { ...judged.hold, reason: event.reason } : judged.hold };
  const deadline = stoppedClock(patienceMs(state));
  const clock = state.pause === null ? startClock(deadline, event.atMs) : deadline;
  return holdFor(
    { ...judged, clock },
    { kind: 'unknown', reason: event.reason, sinceMs: event.atMs, needsHuman: false },
  );
}

/** How long the verdict of the stage may stay unknown. */
function patienceMs(state: StagesState): number {
  const { durationMs = 0, maxDurationMs } = planOfStage(state) ?? {};
  return maxDurationMs === undefined ? state.plan.onUnknown.deadlineMs : Math.max(0, maxDurationMs - durationMs);
}

/** What failed, as it is undone at once or held for a person. */
export type Breach = NonNullable<Hold['breach']>;

/** Undoes a stage that failed, or holds it and calls a person where the plan says that a person decides. */
function failFor<S extends StagesState>(state: S, breach: Breach, atMs: number): S {
  // What a guard has undone is undone, whatever was decided meanwhile.
  if (state.plan.autoRollback !== false || breach.undoneAtMs !== undefined) return stopFor(state, { ...breach, atMs });
  if (state.stop !== null || undecidedBreach(state) !== undefined) return state;
  const reason = `${breach.reason}; nothing rolls back by itself here, a person must decide`;
  return holdFor({ ...state, promotion: null }, { kind: 'breach', reason, sinceMs: atMs, needsHuman: true, breach });
}

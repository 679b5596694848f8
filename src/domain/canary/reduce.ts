import type { AnalysisState } from '../analysis/analysis.js';
import { bounded } from '../rollout/bounded.js';
import { recordOutcome } from '../rollout/life.js';
import type { Warning } from '../rollout/warnings.js';
import type { TierName } from '../tier.js';
import { beyondTier } from '../stages/refusal.js';
import { reduceStages, type StagesEvent } from '../stages/reducer/reduce.js';
import { advance, enterStage, startBake } from '../stages/reducer/stages.js';
import { beginUndo, stopFor } from '../stages/reducer/stop.js';
import { updateStage } from '../stages/stage-record.js';
import { at } from '../stages/state.js';
import { nextFence, NO_FENCE } from '../traffic/fence.js';
import type { KnownVersions } from '../traffic/serving/serves.js';
import type { Roles } from '../traffic/weights.js';
import type { CanaryState } from './state.js';
import { undoneAtOnce } from './undo-plan.js';

/** Everything that can happen to a canary. */
export type CanaryEvent =
  | StagesEvent
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
  | { readonly type: 'undoBegan'; readonly atMs: number };

type Of<T extends CanaryEvent['type']> = Extract<CanaryEvent, { type: T }>;

/** The rules of a canary. Pure: the same events in the same order give the same state. */
export function reduce(state: CanaryState, arrived: CanaryEvent): CanaryState {
  const event = bounded(arrived);
  if (state.step === 'ended' && event.type !== 'commanded' && event.type !== 'journaled') return state;
  switch (event.type) {
    case 'preflightPassed':
      return state.step === 'preflight' ? passPreflight(state, event) : state;
    case 'preflightFailed': {
      const { reason, evidence, atMs } = event;
      return stopFor(withLearned(state, event), { cause: 'preflight', reason, evidence, atMs });
    }
    case 'weightsApplied':
      return applyWeights(state, event);
    case 'fenceTaken':
      return { ...state, fences: [...state.fences, nextFence(Math.max(NO_FENCE, ...state.fences))] };
    case 'fenceMet':
      return { ...state, fences: [...state.fences, event.fence] };
    case 'fenceRenewed':
      return { ...state, fences: fencesFrom(state, event.fence) };
    case 'undoBegan':
      return beginUndo(state, wayBack(state), event.atMs);
    case 'commanded':
    case 'proceeded':
    case 'alarmed':
    case 'faulted':
    case 'undoPlanned':
    case 'undoDone':
    case 'undone':
    case 'journaled':
    case 'closed':
    case 'breached':
    case 'proven':
    case 'drifted':
    case 'judged':
    case 'evidenceKept':
      return reduceStages(state, event);
  }
}

/** What instances may bear once all of them have borne `fence`: it, and what was decided after it. */
function fencesFrom({ fences }: CanaryState, fence: number): readonly number[] {
  return [fence, ...fences.filter((one) => one > fence)];
}

function passPreflight(before: CanaryState, event: Of<'preflightPassed'>): CanaryState {
  const { roles, version, alreadyServes, tier, atMs } = event;
  const planned = version === undefined ? before.plan : { ...before.plan, version };
  const plan = event.atOnce === true ? undoneAtOnce(planned) : planned;
  const learned = withLearned(before, event);
  const state: CanaryState = { ...learned, roles, plan, ...(tier === undefined ? {} : { tier }) };
  // A policy that was set while the preflight looked is none that it has seen.
  const beyond = state.policyRevision === 0 ? null : beyondTier(state, { policy: plan.rollbackPolicy ?? null });
  if (beyond !== null)
    return stopFor(learned, { cause: 'preflight', reason: `preflight: tier: ${beyond.message}`, atMs });
  if (alreadyServes !== undefined && state.stop === null)
    return recordOutcome(
      before,
      at({ ...state, alreadyServes, outcome: 'promoted', endedAtMs: atMs }, { step: 'ended' }),
      atMs,
      alreadyServes,
    );
  return enterStage({ ...state, analysis: event.analysis ?? null, fences: event.fences ?? [] }, 1);
}

function withLearned(
  state: CanaryState,
  { warnings, known }: Pick<Of<'preflightFailed'>, 'warnings' | 'known'>,
): CanaryState {
  return { ...state, warnings: warnings ?? state.warnings, ...(known === undefined ? {} : { known }) };
}

/** An undo at once is not guarded: with its weights it has ended. */
function applyWeights(before: CanaryState, { sharePercent, fence, atMs }: Of<'weightsApplied'>): CanaryState {
  const fences = fence === undefined ? before.fences : fencesFrom(before, fence);
  const read = { ...before, fences };
  const applied = before.step === 'applying' ? at(read, { step: 'applying', overrides: false }) : read;
  const to = before.roles?.candidate ?? 'the candidate';
  const state = startBake(applied, sharePercent ?? before.sharePercent, to, atMs);
  const hasBegun = before.step === 'applying' && state.step === 'baking';
  return hasBegun && state.undo?.now === true
    ? advance(updateStage(state, { conclusion: 'at once, unguarded' }), atMs)
    : state;
}

/** What the undo does, in words; `null` where nothing was moved. */
function wayBack({ stop, roles, sharePercent }: CanaryState): string | null {
  if (roles === null || sharePercent === 0) return null;
  if (stop?.undoneAtMs === undefined) return `all traffic back to ${roles.baseline}`;
  return `the guard had put all traffic back to ${roles.baseline} by itself at ${new Date(stop.undoneAtMs).toISOString()}`;
}

import { bounded } from '../rollout/bounded.js';
import { recordOutcome } from '../rollout/life.js';
import { comesTooLate } from '../rollout/reduce-life.js';
import { beyondTier } from '../stages/refusal.js';
import { reduceStages } from '../stages/reducer/reduce.js';
import { advance, enterStage, startBake } from '../stages/reducer/stages.js';
import { stopFor } from '../stages/reducer/stop.js';
import { fencesFrom, reduceFences, type StagedTrafficEvent } from '../staged-traffic/events.js';
import { updateStage } from '../stages/stage-record.js';
import { at } from '../stages/state.js';
import type { CanaryState } from './state.js';
import { undoneAtOnce } from './undo-plan.js';

/** Everything that can happen to a canary. */
export type CanaryEvent = StagedTrafficEvent;

type Of<T extends CanaryEvent['type']> = Extract<CanaryEvent, { type: T }>;

/** The rules of a canary. Pure: the same events in the same order give the same state. */
export function reduce(state: CanaryState, arrived: CanaryEvent): CanaryState {
  const event = bounded(arrived);
  if (comesTooLate(state, event)) return state;
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
    case 'fenceMet':
    case 'fenceRenewed':
      return reduceFences(state, event);
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
    case 'closed':
    case 'breached':
    case 'proven':
    case 'drifted':
    case 'judged':
    case 'evidenceKept':
      return reduceStages(state, event, wayBack);
  }
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

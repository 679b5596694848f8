import { recordOutcome } from '../rollout/life.js';
import { comesTooLate } from '../rollout/reduce-life.js';
import { beyondTier } from '../stages/refusal.js';
import { reduceStages } from '../stages/reducer/reduce.js';
import { startBake } from '../stages/reducer/stages.js';
import { stopFor } from '../stages/reducer/stop.js';
import { at } from '../stages/state.js';
import { fencesFrom, reduceFences, type StagedTrafficEvent } from './events.js';
import type { StagedTrafficState } from './state.js';

type Of<T extends StagedTrafficEvent['type']> = Extract<StagedTrafficEvent, { type: T }>;

/** What only the kind decides about a service's traffic. */
export interface TrafficRules<S extends StagedTrafficState> {
  /** Where it goes on once the service is found fit. */
  begin(state: S, event: Of<'preflightPassed'>): S;
  /** The plan that it goes on by then. @default the one that there is */
  planFrom?(plan: S['plan'], event: Of<'preflightPassed'>): S['plan'];
  /** Its share was read back; `before` is where it stood then. @default nothing else */
  applied?(state: S, before: S, atMs: number): S;
}

/** The rules of whatever moves a service's traffic in stages. Pure; the event is short enough already. */
export function reduceStagedTraffic<S extends StagedTrafficState>(
  state: S,
  event: StagedTrafficEvent,
  rules: TrafficRules<S>,
): S {
  if (comesTooLate(state, event)) return state;
  switch (event.type) {
    case 'preflightPassed':
      return state.step === 'preflight' ? passPreflight(state, event, rules) : state;
    case 'preflightFailed': {
      const { reason, evidence, atMs } = event;
      return stopFor(withLearned(state, event), { cause: 'preflight', reason, evidence, atMs });
    }
    case 'weightsApplied': {
      const applied = applyWeights(state, event);
      return rules.applied?.(applied, state, event.atMs) ?? applied;
    }
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

function passPreflight<S extends StagedTrafficState>(
  before: S,
  event: Of<'preflightPassed'>,
  rules: TrafficRules<S>,
): S {
  const { roles, version, alreadyServes, tier, atMs } = event;
  const planned: S['plan'] = version === undefined ? before.plan : { ...before.plan, version };
  const plan = rules.planFrom?.(planned, event) ?? planned;
  const learned = withLearned(before, event);
  const state: S = { ...learned, roles, plan, ...(tier === undefined ? {} : { tier }) };
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
  return rules.begin({ ...state, analysis: event.analysis ?? null, fences: event.fences ?? [] }, event);
}

function withLearned<S extends StagedTrafficState>(
  state: S,
  { warnings, known }: Pick<Of<'preflightFailed'>, 'warnings' | 'known'>,
): S {
  return { ...state, warnings: warnings ?? state.warnings, ...(known === undefined ? {} : { known }) };
}

function applyWeights<S extends StagedTrafficState>(before: S, { sharePercent, fence, atMs }: Of<'weightsApplied'>): S {
  const fences = fence === undefined ? before.fences : fencesFrom(before, fence);
  const read = { ...before, fences };
  const applied = before.step === 'applying' ? at(read, { step: 'applying', overrides: false }) : read;
  // There is no stage of nothing: all the traffic is back.
  if (applied.step === 'applying' && before.sharePercent === 0) return { ...applied, appliedPercent: 0 };
  const to = before.roles?.candidate ?? 'the candidate';
  return startBake(applied, sharePercent ?? before.sharePercent, to, atMs);
}

/** What the undo does, in words; `null` where nothing was moved. */
function wayBack({ stop, roles, sharePercent }: StagedTrafficState): string | null {
  if (roles === null || sharePercent === 0) return null;
  if (stop?.undoneAtMs === undefined) return `all traffic back to ${roles.baseline}`;
  return `the guard had put all traffic back to ${roles.baseline} by itself at ${new Date(stop.undoneAtMs).toISOString()}`;
}

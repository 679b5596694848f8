import { formatPercent } from '../percent.js';
import { statusBaseOf } from '../rollout/status-of.js';
import { phaseOf } from '../stages/status-of.js';
import { stagesStatusOf } from '../stages/status-of.js';
import { splitBetween } from '../traffic/weights.js';
import { servesAtEnd } from './left-behind.js';
import { passingOf, warningsOf } from './passing-warnings.js';
import type { CanaryState } from './state.js';
import type { RolloutStatus } from './status.js';

/** A canary's state as people see it. */
export function statusOf(state: CanaryState, nowMs: number): RolloutStatus {
  const { plan, undo, roles, step } = state;
  const serves = servesAtEnd(state);
  const passing = passingOf(state);
  const said = {
    name: plan.name,
    phase: phaseOf(state),
    moved: state.stage > 0,
    reason: stepWords(state),
    asks: step === 'asking',
  };
  return {
    ...statusBaseOf(state, said, nowMs),
    ...stagesStatusOf(state),
    service: plan.service,
    version: plan.version ?? null,
    ...(undo === undefined ? {} : { undo: { to: undo.to ?? null, now: undo.now === true } }),
    roles,
    desired: roles === null ? null : splitBetween(roles, state.sharePercent),
    observed: null,
    healthScore: null,
    checks: [],
    warnings: warningsOf(state),
    ...(passing.length === 0 ? {} : { passing }),
    ...(serves === null ? {} : { serves }),
  };
}

/** Why it stands where it stands, where neither a stop nor a pause nor a hold is why. */
function stepWords(state: CanaryState): string {
  const candidate = state.roles?.candidate ?? 'the candidate';
  if (state.alreadyServes !== undefined) return state.alreadyServes;
  if (state.outcome === 'promoted') return `every stage passed; ${candidate} serves everybody`;
  switch (state.step) {
    case 'preflight':
      return 'looking whether the service is fit for a rollout';
    case 'applying':
      return `setting ${formatPercent(state.sharePercent)}`;
    case 'baking':
      return `baking at ${formatPercent(state.sharePercent)}`;
    case 'judging':
      return `judging the stage at ${formatPercent(state.sharePercent)}`;
    case 'asking':
      return `waiting for approval to leave ${formatPercent(state.sharePercent)}`;
    case 'closing':
      return `confirming that ${candidate} serves everybody`;
    case 'undoing':
    case 'ended':
      return state.outcome ?? 'undoing';
  }
}

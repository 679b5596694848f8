import { statusOf } from '../../domain/canary/status-of.js';
import type { CanaryState } from '../../domain/canary/state.js';
import { allToBaseline, describeWeights, splitBetween, type Weights } from '../../domain/traffic/weights.js';
import type { RolloutOutcome } from '../messages.js';
import { outcomeBaseOf, type Ending } from '../shared/concluding.js';
import type { Canary } from './canary.js';

export function endingOf({ traffic, guard }: Canary): Ending<CanaryState, RolloutOutcome> {
  return {
    undos: { weights: (undo, again) => traffic.takeBack(undo, again) },
    outcomeOf,
    leftWords: ({ weights }) => (weights === null ? 'nothing was moved' : `traffic is at ${describeWeights(weights)}`),
    letGo: () => guard.end(),
  };
}

function outcomeOf(state: CanaryState): RolloutOutcome {
  return { ...outcomeBaseOf(state, statusOf(state, Date.now())), weights: weightsLeft(state) };
}

function weightsLeft(state: CanaryState): Weights | null {
  if (state.roles === null || (state.stage === 0 && state.alreadyServes === undefined)) return null;
  return state.outcome === 'promoted' ? splitBetween(state.roles, state.sharePercent) : allToBaseline(state.roles);
}
